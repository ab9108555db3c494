/**
 * Constants of the vector functions, each repeated in the lanes of a vector, at fixed addresses from 1024 up (the compiler takes what is
 * below for unused; the host keeps everything below 8192 free). An operand from memory costs nothing, while a `splat` in a loop is
 * rebuilt in each iteration by some engines. The table is code and no data segment, as a segment would be written anew by every instance.
 */

/** Rounds to an integer when added (1.5 * 2^23); its bits plus n are the bits of the sum. */
export const ROUND: usize = 1024;
export const LOG2E: usize = 1040;
/** ln 2 in two parts: n times the first is exact. */
export const MINUS_LN2_HIGH: usize = 1056;
export const LN2_LOW: usize = 1072;
/** (e^r - 1 - r) / r^2 on [-ln2/2, ln2/2], minimax; ascending powers. */
export const EXP_0: usize = 1088;
export const EXP_1: usize = 1104;
export const EXP_2: usize = 1120;
export const EXP_3: usize = 1136;
export const EXP_4: usize = 1152;
export const ONE: usize = 1168;
export const TWO: usize = 1184;
export const EXP_MAX: usize = 1200;
export const EXP_MIN: usize = 1216;
export const CORE_MAX: usize = 1232;
export const CORE_MIN: usize = 1248;
/** Where tanh(x) and 1 - e^-2x round to 1. */
export const TANH_MAX: usize = 1264;
/** (log(1 + m) - m + m^2 / 2) / m^3 on [sqrt(1/2) - 1, sqrt(2) - 1], descending powers: logf of S. Moshier's Cephes library. */
export const LOG_8: usize = 1280;
export const LOG_7: usize = 1296;
export const LOG_6: usize = 1312;
export const LOG_5: usize = 1328;
export const LOG_4: usize = 1344;
export const LOG_3: usize = 1360;
export const LOG_2: usize = 1376;
export const LOG_1: usize = 1392;
export const LOG_0: usize = 1408;
export const LN2_HIGH: usize = 1424;
export const MINUS_LN2_LOW: usize = 1440;
export const SQRT_HALF: usize = 1456;
export const MINUS_HALF: usize = 1472;
export const MIN_NORMAL: usize = 1488;
export const TWO_23: usize = 1504;
export const EXPONENT_23: usize = 1520;
export const INFINITY: usize = 1536;
export const MINUS_INFINITY: usize = 1552;
/** (2 atanh(q) - 2 q) / q^3 in powers of q^2 on [0, 1/9], minimax, ascending. */
export const LOG1P_0: usize = 1568;
export const LOG1P_1: usize = 1584;
export const LOG1P_2: usize = 1600;
export const LOG1P_3: usize = 1616;
/** Magnitudes up to this are set to 0 where decay would bring denormals, which cost many times a normal operation. */
export const TINY: usize = 1632;
export const HALF: usize = 1648;
/** Cephes sinf and cosf on [-pi/4, pi/4], descending. */
export const SIN_2: usize = 1664;
export const SIN_1: usize = 1680;
export const SIN_0: usize = 1696;
export const COS_2: usize = 1712;
export const COS_1: usize = 1728;
export const COS_0: usize = 1744;
export const HALF_PI: usize = 1760;
export const TWO_M22: usize = 1776;
export const TWO_M24: usize = 1792;
export const MINUS_TWO: usize = 1808;
/** Lane numbers 0, 1, 2, 3. */
export const LANE: usize = 1824;
/** log2(m) / s in powers of s^2, s = (m - 1) / (m + 1), m in [sqrt(1/2), sqrt(2)]: f64, minimax, relative error 2^-37.8. */
export const LOG2_0: usize = 1840;
export const LOG2_1: usize = 1856;
export const LOG2_2: usize = 1872;
export const LOG2_3: usize = 1888;
export const LOG2_4: usize = 1904;
/** 2^r on [-1/2, 1/2]: f64, minimax, relative error 2^-29. */
export const EXP2_0: usize = 1920;
export const EXP2_1: usize = 1936;
export const EXP2_2: usize = 1952;
export const EXP2_3: usize = 1968;
export const EXP2_4: usize = 1984;
export const EXP2_5: usize = 2000;
export const EXP2_6: usize = 2016;
/** 1.5 * 2^52, the ROUND of f64. */
export const ROUND_F64: usize = 2032;
/** e^(a^2/2) Phi(-a) in powers of (a - s) / (a + s), s = MILLS_SHIFT, on [0, 12]: minimax, relative error 3.7e-8, ascending. */
export const MILLS_0: usize = 2048;
export const MILLS_1: usize = 2064;
export const MILLS_2: usize = 2080;
export const MILLS_3: usize = 2096;
export const MILLS_4: usize = 2112;
export const MILLS_5: usize = 2128;
export const MILLS_6: usize = 2144;
export const MILLS_7: usize = 2160;
export const MILLS_8: usize = 2176;
export const MILLS_SHIFT: usize = 2192;
/** Where a Phi(-a) is far below 1e-30. */
export const NORMAL_END: usize = 2208;
/** 1 / sqrt(2 pi). */
export const NORMAL_PEAK: usize = 2224;
/** 2 sqrt(2/pi), and 0.044715 and 3 * 0.044715 times that. */
export const CUBIC_1: usize = 2240;
export const CUBIC_3: usize = 2256;
export const CUBIC_SLOPE: usize = 2272;
/** Where the cubic makes e^-v smaller than 1e-30. */
export const CUBIC_END: usize = 2288;
/** Where tanh(softplus(x)) and log(cosh(x)) - x have ended. */
export const TWENTY: usize = 2304;
export const FOUR: usize = 2320;
export const THREE: usize = 2336;
export const SIXTH: usize = 2352;
/** All bits of a float but the lower 12 of its fraction. */
export const UPPER_BITS: usize = 2368;
/** tanh x = x P(x^2) / Q(x^2) up to GATE_END: the rational function of the Eigen library. */
export const GATE_END: usize = 2384;
export const GATE_13: usize = 2400;
export const GATE_11: usize = 2416;
export const GATE_9: usize = 2432;
export const GATE_7: usize = 2448;
export const GATE_5: usize = 2464;
export const GATE_3: usize = 2480;
export const GATE_1: usize = 2496;
export const GATE_D6: usize = 2512;
export const GATE_D4: usize = 2528;
export const GATE_D2: usize = 2544;
export const GATE_D0: usize = 2560;
/** Shuffles of four lanes by bytes: entry m brings the lanes whose bit is set in m to the front, in their order. */
export const FRONT: usize = 2576;
/** Shuffles by bytes: entry c brings byte c of each lane to all four of it. */
export const REPEAT: usize = 2832;
/** In each lane 0, 4, 8 and 12. */
export const BYTES_OF_FOUR: usize = 2896;
/** Eight bytes for each value of one: the places of its bits, from the lowest on, then zeros. */
export const BITS_OF_BYTE: usize = 2912;

function put(at: usize, x: f32): void {
  v128.store(at, f32x4.splat(x));
}

function put_f64(at: usize, x: f64): void {
  v128.store(at, f64x2.splat(x));
}

/** Fills the table (3936 bytes from address 1024). The host calls it once, before any kernel. */
export function write_constants(): void {
  put(ROUND, 12582912);
  put(LOG2E, 1.4426950408889634);
  put(MINUS_LN2_HIGH, -0.693359375);
  put(LN2_LOW, 2.1219444e-4);
  put(EXP_0, 0.5000000026950336);
  put(EXP_1, 0.16666576970026897);
  put(EXP_2, 0.04166637513308711);
  put(EXP_3, 0.0083631812374323);
  put(EXP_4, 0.0013941124078091643);
  put(ONE, 1);
  put(TWO, 2);
  put(EXP_MAX, 89);
  put(EXP_MIN, -104);
  put(CORE_MAX, 87);
  put(CORE_MIN, -87);
  put(TANH_MAX, 18.2);
  put(LOG_8, 7.0376836292e-2);
  put(LOG_7, -1.151461031e-1);
  put(LOG_6, 1.1676998740e-1);
  put(LOG_5, -1.2420140846e-1);
  put(LOG_4, 1.4249322787e-1);
  put(LOG_3, -1.6668057665e-1);
  put(LOG_2, 2.0000714765e-1);
  put(LOG_1, -2.4999993993e-1);
  put(LOG_0, 3.3333331174e-1);
  put(LN2_HIGH, 0.693359375);
  put(MINUS_LN2_LOW, -2.1219444e-4);
  put(SQRT_HALF, reinterpret<f32>(0x3f3504f3));
  put(MINUS_HALF, -0.5);
  put(MIN_NORMAL, 1.1754943508222875e-38);
  put(TWO_23, 8388608);
  put(EXPONENT_23, 23);
  put(INFINITY, f32.MAX_VALUE * 2);
  put(MINUS_INFINITY, -f32.MAX_VALUE * 2);
  put(LOG1P_0, 0.6666642606132489);
  put(LOG1P_1, 0.4002109773977191);
  put(LOG1P_2, 0.28007582367824957);
  put(LOG1P_3, 0.27987562354231477);
  put(TINY, 1e-30);
  put(HALF, 0.5);
  put(SIN_2, -1.9515295891e-4);
  put(SIN_1, 8.3321608736e-3);
  put(SIN_0, -1.6666654611e-1);
  put(COS_2, 2.443315711809948e-5);
  put(COS_1, -1.388731625493765e-3);
  put(COS_0, 4.166664568298827e-2);
  put(HALF_PI, 1.5707963267948966);
  put(TWO_M22, 2.384185791015625e-7);
  put(TWO_M24, 5.9604644775390625e-8);
  put(MINUS_TWO, -2);
  v128.store(LANE, i32x4(0, 1, 2, 3));
  put_f64(LOG2_0, 2.8853900817900864);
  put_f64(LOG2_1, 0.9617966733417792);
  put_f64(LOG2_2, 0.577083584951212);
  put_f64(LOG2_3, 0.4116727203605215);
  put_f64(LOG2_4, 0.3407300760529207);
  put_f64(EXP2_0, 1.0000000005541705);
  put_f64(EXP2_1, 0.6931472057372838);
  put_f64(EXP2_2, 0.24022646890630187);
  put_f64(EXP2_3, 0.05550328776947918);
  put_f64(EXP2_4, 0.009618488957096235);
  put_f64(EXP2_5, 0.0013399931224226669);
  put_f64(EXP2_6, 0.0001534581205142863);
  put_f64(ROUND_F64, 6755399441055744);
  put(MILLS_0, 0.10978966872010747);
  put(MILLS_1, -0.19171440004825727);
  put(MILLS_2, 0.12568429782109547);
  put(MILLS_3, -0.0583361567530455);
  put(MILLS_4, 0.01586593274176199);
  put(MILLS_5, -0.00012273172023108316);
  put(MILLS_6, -0.0014864365325449845);
  put(MILLS_7, 0.0001804159822295457);
  put(MILLS_8, 0.00015368299350572955);
  put(MILLS_SHIFT, 3.375);
  put(NORMAL_END, 12);
  put(NORMAL_PEAK, 0.3989422804014327);
  put(CUBIC_1, 1.5957691216057308);
  put(CUBIC_3, 0.07135481627260025);
  put(CUBIC_SLOPE, 0.21406444881780075);
  put(CUBIC_END, 10);
  put(TWENTY, 20);
  put(FOUR, 4);
  put(THREE, 3);
  put(SIXTH, 0.16666666666666666);
  v128.store(UPPER_BITS, i32x4.splat(0xfffff000));
  put(GATE_END, 7.90531110763549805);
  put(GATE_13, -2.76076847742355e-16);
  put(GATE_11, 2.00018790482477e-13);
  put(GATE_9, -8.60467152213735e-11);
  put(GATE_7, 5.12229709037114e-8);
  put(GATE_5, 1.48572235717979e-5);
  put(GATE_3, 6.37261928875436e-4);
  put(GATE_1, 4.89352455891786e-3);
  put(GATE_D6, 1.19825839466702e-6);
  put(GATE_D4, 1.18534705686654e-4);
  put(GATE_D2, 2.26843463243900e-3);
  put(GATE_D0, 4.89352518554385e-3);
  for (let mask: usize = 0; mask < 16; ++mask) {
    let front = FRONT + (mask << 4);
    for (let lane: usize = 0; lane < 4; ++lane) {
      store<u32>(front, 0x03020100 + <u32>lane * 0x04040404);
      front += ((mask >> lane) & 1) << 2;
    }
  }
  for (let byte: u32 = 0; byte < 4; ++byte) v128.store(REPEAT + (byte << 4), i32x4.add(i32x4.splat(byte * 0x01010101), i32x4(0, 0x04040404, 0x08080808, 0x0c0c0c0c)));
  v128.store(BYTES_OF_FOUR, i32x4.splat(0x0c080400));
  for (let byte: u32 = 0; byte < 256; ++byte) {
    let bit = BITS_OF_BYTE + (byte << 3);
    store<u64>(bit, 0);
    for (let bits = byte; bits; bits &= bits - 1, ++bit) store<u8>(bit, <u8>ctz(bits));
  }
}

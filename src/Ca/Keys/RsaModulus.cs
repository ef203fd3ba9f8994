using System.Numerics;

namespace Culvert.Ca.Keys;

/// <summary>
/// Detects RSA moduli that can be factored whatever their size. A key of a broken generator looks and signs like any other,
/// but is effectively public.
/// </summary>
internal static class RsaModulus
{
    // NIST SP 800-89 §5.3.3 requires trial division by primes below 752.
    private const int SmallPrimeLimit = 752;

    // Primes that this many steps find are from generators that search upwards from one start value.
    private const int FermatRounds = 110;

    private static readonly int[] SmallPrimes = PrimesBelow(SmallPrimeLimit);

    private static readonly BigInteger SmallPrimeProduct = SmallPrimes.Aggregate(
        BigInteger.One,
        (n, prime) => n * prime
    );

    /// <summary>
    /// CVE-2017-15361 (ROCA): modulo these primes 65537 generates few residues, and an affected modulus is one of them for
    /// all primes. A random modulus matches with a probability of about 2^-27.
    /// </summary>
    private static readonly (int Prime, bool[] IsPower)[] RocaResidues =
    [
        .. new[] { 11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157 }.Select(prime =>
            (prime, PowersOf65537(prime))
        ),
    ];

    private static readonly (int Divisor, bool[] IsSquare)[] SquareResidues =
    [
        .. new[] { 64, 63, 65, 11 }.Select(divisor => (divisor, SquaresModulo(divisor))),
    ];

    private static readonly int SquareModulus = SquareResidues.Aggregate(1, (n, one) => n * one.Divisor);

    /// <summary>True when the positive modulus is even, has a small factor, or is from a known broken generator.</summary>
    public static bool IsFactorable(BigInteger modulus) =>
        HasSmallFactor(modulus) || HasRocaFingerprint(modulus) || HasCloseFactors(modulus);

    internal static bool HasSmallFactor(BigInteger modulus) =>
        !BigInteger.GreatestCommonDivisor(modulus, SmallPrimeProduct).IsOne;

    internal static bool HasRocaFingerprint(BigInteger modulus)
    {
        foreach ((int prime, bool[] isPower) in RocaResidues)
        {
            if (!isPower[(int)(modulus % prime)])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Fermat's method for close primes: n = a² − b² with a just above √n.</summary>
    internal static bool HasCloseFactors(BigInteger modulus)
    {
        BigInteger a = SquareRoot(modulus);
        if (a * a < modulus)
        {
            a++;
        }

        BigInteger square = (a * a) - modulus;
        for (int round = 0; round < FermatRounds; round++)
        {
            if (IsSquare(square))
            {
                return true;
            }

            square += (2 * a) + 1; // (a + 1)² − n
            a++;
        }

        return false;
    }

    // Squares have few remainders. Only about 1% of other numbers share them, and only then is the root computed, which
    // costs a thousand times as much.
    private static bool IsSquare(BigInteger value)
    {
        int remainder = (int)(value % SquareModulus);
        foreach ((int divisor, bool[] isSquare) in SquareResidues)
        {
            if (!isSquare[remainder % divisor])
            {
                return false;
            }
        }

        BigInteger root = SquareRoot(value);
        return root * root == value;
    }

    // Newton's iteration from above, down to the floor of the root.
    private static BigInteger SquareRoot(BigInteger value)
    {
        if (value.IsZero)
        {
            return value;
        }

        BigInteger root = BigInteger.One << (int)((value.GetBitLength() + 1) / 2);
        while (true)
        {
            BigInteger next = (root + (value / root)) >> 1;
            if (next >= root)
            {
                return root;
            }

            root = next;
        }
    }

    private static bool[] PowersOf65537(int prime)
    {
        bool[] isPower = new bool[prime];
        for (int power = 1; !isPower[power]; power = power * 65537 % prime)
        {
            isPower[power] = true;
        }

        return isPower;
    }

    private static bool[] SquaresModulo(int divisor)
    {
        bool[] isSquare = new bool[divisor];
        for (int n = 0; n < divisor; n++)
        {
            isSquare[n * n % divisor] = true;
        }

        return isSquare;
    }

    private static int[] PrimesBelow(int limit) =>
        [
            .. Enumerable
                .Range(2, limit - 2)
                .Where(n => Enumerable.Range(2, n - 2).TakeWhile(d => d * d <= n).All(d => n % d != 0)),
        ];
}

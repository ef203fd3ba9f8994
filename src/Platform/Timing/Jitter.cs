using System.Security.Cryptography;

namespace Culvert.Platform.Timing;

public static class Jitter
{
    private const int Steps = 1 << 20;

    /// <summary>From 0 to below 1.</summary>
    public static double Unit() => (double)RandomNumberGenerator.GetInt32(Steps) / Steps;
}

using System.Security.Cryptography;

namespace Culvert.Platform.Timing;

/// <summary>Random numbers that spread timers.</summary>
public static class Jitter
{
    private const int Steps = 1 << 20;

    /// <summary>From 0 to below 1.</summary>
    public static double Unit() => (double)RandomNumberGenerator.GetInt32(Steps) / Steps;
}

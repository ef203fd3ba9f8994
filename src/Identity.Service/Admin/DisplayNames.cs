using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Admin;

internal static class DisplayNames
{
    public const int MaxLength = 255;

    /// <summary>Null = valid; otherwise the error for the caller.</summary>
    public static string? Check(string name) =>
        name.Trim().Length is 0 || name.Length > MaxLength || name.Any(ConfigText.IsUnprintable)
            ? $"1 to {MaxLength} characters without control characters are required."
            : null;
}

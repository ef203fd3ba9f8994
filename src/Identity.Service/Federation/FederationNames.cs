namespace Culvert.Identity.Service.Federation;

internal static class FederationNames
{
    public const int MaxNameLength = 255;
    public const int MaxDescriptionLength = 1024;

    /// <summary><c>^[a-z0-9-]+$</c>, 1–255 characters. Null if valid; otherwise the sentence for the caller.</summary>
    public static string? CheckName(string? name) =>
        name is { Length: >= 1 and <= MaxNameLength }
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            ? null
            : "name: must match ^[a-z0-9-]+$ and have 1 to 255 characters.";

    public static string? CheckDescription(string? description) =>
        description is null || (description.Length <= MaxDescriptionLength && !description.Any(char.IsControl))
            ? null
            : "description: at most 1024 characters, no control characters.";
}

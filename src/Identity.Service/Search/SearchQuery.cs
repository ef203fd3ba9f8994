using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Search;

/// <param name="Caller">Sees only its organization and workspace.</param>
/// <param name="Text">As typed, trimmed.</param>
/// <param name="Type">Only this kind; null = all.</param>
internal sealed record SearchQuery(Caller Caller, string Text, string? Type, int Limit)
{
    public const int MaxText = 256;
    public const int MaxLimit = 100;

    private const string Wildcards = "\\%_";
    private const int DefaultLimit = 10;

    /// <summary>One more than is shown, to detect that there are more.</summary>
    public int Count => Limit + 1;

    /// <summary>The text as hexadecimal digits, without colons; null = not hexadecimal.</summary>
    public string? Hex =>
        Text.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant() is var digits
        && digits.Length > 0
        && digits.All(char.IsAsciiHexDigit)
            ? digits
            : null;

    /// <summary>The LIKE pattern that finds the text anywhere.</summary>
    public string Pattern =>
        $"%{string.Concat(Text.Select(c => Wildcards.Contains(c, StringComparison.Ordinal) ? $"\\{c}" : $"{c}"))}%";

    /// <summary>Reads the query; the refusal names the invalid parameter.</summary>
    public static Result<SearchQuery> Read(ApiRequest request)
    {
        var text = request.Query("q")?.Trim() ?? "";
        if (text.Length is 0 or > MaxText)
        {
            return RequestErrors.Invalid.Refuse($"q: 1 to {MaxText} characters are required.");
        }

        var type = request.Query("type");
        if (type is not null && !SearchKind.Types.Contains(type))
        {
            return RequestErrors.Invalid.Refuse($"type: one of {string.Join(", ", SearchKind.Types)}.");
        }

        if (request.Query("limit") is null)
        {
            return new SearchQuery(request.Caller, text, type, DefaultLimit);
        }

        var limit = PageRequest.ReadLimit(request, MaxLimit);
        return limit.IsOk ? new SearchQuery(request.Caller, text, type, limit.Value) : limit.Refusal;
    }

    public bool Wants(string type) => Type is null || Type == type;
}

using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Search;

/// <summary>What is searched for, and by whom.</summary>
/// <param name="Caller">Sees only what belongs to its organization and its workspace.</param>
/// <param name="Text">As it was typed, without blanks around it.</param>
/// <param name="Type">Only this kind; null = all.</param>
/// <param name="Limit">Objects of each kind.</param>
internal sealed record SearchQuery(Caller Caller, string Text, string? Type, int Limit)
{
    public const int MaxText = 256;
    public const int MaxLimit = 100;

    private const string Wildcards = "\\%_";
    private const int DefaultLimit = 10;

    /// <summary>One more than is shown: it only says that there are more.</summary>
    public int Count => Limit + 1;

    /// <summary>The text as hexadecimal digits, also where it has the colons of other programs; null = it is none.</summary>
    public string? Hex =>
        Text.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant() is var digits
        && digits.Length > 0
        && digits.All(char.IsAsciiHexDigit)
            ? digits
            : null;

    /// <summary>Finds the text anywhere in another one.</summary>
    public string Pattern =>
        $"%{string.Concat(Text.Select(c => Wildcards.Contains(c, StringComparison.Ordinal) ? $"\\{c}" : $"{c}"))}%";

    /// <summary>Reads the query; the refusal names the bad parameter.</summary>
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

    /// <summary>Whether objects of that kind are wanted.</summary>
    public bool Wants(string type) => Type is null || Type == type;
}

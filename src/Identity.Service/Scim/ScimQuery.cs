using System.Globalization;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Scim;

/// <summary>The parameters of a list (RFC 7644 §3.4.2).</summary>
/// <param name="StartIndex">From 1.</param>
internal sealed record ScimQuery(ScimFilter? Filter, int StartIndex, int Count, ScimSelection Selection)
{
    public const int MaxCount = 200;
    private const int DefaultCount = 100;

    public static Result<ScimQuery> Read(ScimResourceType type, ApiRequest request)
    {
        if (request.Query("sortBy") is not null)
        {
            return ScimErrors.Value.Refuse("sortBy: sorting is not supported; resources are in the order of creation.");
        }

        if (
            !TryReadNumber(request.Query("startIndex"), 1, out var start)
            || !TryReadNumber(request.Query("count"), DefaultCount, out var count)
        )
        {
            return ScimErrors.Value.Refuse("startIndex, count: numbers are required.");
        }

        if (!ScimSelection.Read(type, request).TryGet(out var selection, out var refusal))
        {
            return refusal;
        }

        ScimFilter? filter = null;
        if (request.Query("filter") is { } text && !ScimFilterParser.Parse(type, text).TryGet(out filter, out refusal))
        {
            return refusal;
        }

        // RFC 7644 §3.4.2.4: a smaller number means the smallest.
        return new ScimQuery(filter, Math.Max(1, start), Math.Clamp(count, 0, MaxCount), selection);
    }

    private static bool TryReadNumber(string? text, int absent, out int number)
    {
        number = absent;
        return text is null
            || int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }
}

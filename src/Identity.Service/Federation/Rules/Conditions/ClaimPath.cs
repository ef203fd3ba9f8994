using System.Text;
using System.Text.Json;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Rules.Conditions;

/// <summary>
/// The place of a claim. A text that begins with <c>/</c> is a JSON Pointer (RFC 6901); any other is the verbatim name
/// of a top-level claim. So every claim can be named, and no text has two readings: <c>/kubernetes.io/namespace</c>,
/// <c>oidc.circleci.com/project-id</c>, <c>https://sts.amazonaws.com/</c>,
/// <c>/https:~1~1sts.amazonaws.com~1/org_id</c>.
/// </summary>
internal sealed class ClaimPath
{
    public const int MaxLength = 1024;

    private readonly byte[][] steps;

    private ClaimPath(string text, byte[][] steps)
    {
        Text = text;
        this.steps = steps;
        Pointer = string.Concat(steps.Select(step => "/" + Escape(Encoding.UTF8.GetString(step))));
    }

    public string Text { get; }

    /// <summary>The unique spelling as a JSON Pointer, for comparisons of paths.</summary>
    public string Pointer { get; }

    /// <summary>The top-level claim that it is, or that contains it.</summary>
    public string Root => Encoding.UTF8.GetString(steps[0]);

    /// <summary>Null if it is not a top-level claim.</summary>
    public string? TopLevelName => steps.Length == 1 ? Root : null;

    public static ClaimPath TopLevel(string name) => new(name, [Encoding.UTF8.GetBytes(name)]);

    public static ClaimPath From(IEnumerable<string> names)
    {
        var pointer = string.Concat(names.Select(name => "/" + Escape(name)));
        return new ClaimPath(pointer, [.. names.Select(Encoding.UTF8.GetBytes)]);
    }

    /// <summary>False for an empty or too long text, control characters, or a malformed pointer.</summary>
    public static bool TryParse(string? text, out ClaimPath path)
    {
        path = null!;
        if (text is not { Length: >= 1 and <= MaxLength } || text.Any(char.IsControl))
        {
            return false;
        }

        if (text[0] != '/')
        {
            path = TopLevel(text);
            return true;
        }

        var parts = text[1..].Split('/');
        // Deeper claims do not exist: the parser refuses such a token.
        if (parts.Length > JoseLimits.MaxDepth || parts.Any(part => !IsWellFormed(part)))
        {
            return false;
        }

        path = new ClaimPath(text, [.. parts.Select(part => Encoding.UTF8.GetBytes(Unescape(part)))]);
        return true;
    }

    /// <summary>
    /// Finds the claim's JSON text. Steps descend into objects only: a rule cannot rely on an array's index, because
    /// the issuer may order an array in any way.
    /// </summary>
    public bool TryFind(ClaimSet claims, out ReadOnlySpan<byte> raw)
    {
        raw = default;
        if (!claims.TryFind(steps[0], out var claim))
        {
            return false;
        }

        raw = claim.Raw;
        foreach (var step in steps.AsSpan(1))
        {
            if (!TryStep(raw, step, out raw))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryStep(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isIt = reader.ValueTextEquals(name);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (isIt)
            {
                value = json[start..(int)reader.BytesConsumed];
                return true;
            }
        }

        return false;
    }

    // RFC 6901 §3: a tilde is followed by 0 or 1.
    private static bool IsWellFormed(string part)
    {
        for (var i = 0; i < part.Length; i++)
        {
            if (part[i] == '~' && (i + 1 == part.Length || part[i + 1] is not ('0' or '1')))
            {
                return false;
            }
        }

        return true;
    }

    // RFC 6901 §4: ~1 first, then ~0, so that ~01 becomes ~1 and not /.
    private static string Unescape(string part) =>
        part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    private static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}

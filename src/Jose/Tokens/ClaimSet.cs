using System.Text;
using Culvert.Jose.Json;
using Culvert.Jose.Refusals;

namespace Culvert.Jose.Tokens;

/// <summary>A JWT's claims (RFC 7519 §4) with their JSON types. Nested values stay as text.</summary>
public sealed class ClaimSet
{
    private readonly ReadOnlyMemory<byte> json;
    private readonly JsonMember[] members;
    private readonly byte[]? unescapedNames;

    private ClaimSet(ReadOnlyMemory<byte> json, JsonMember[] members, byte[]? unescapedNames)
    {
        this.json = json;
        this.members = members;
        this.unescapedNames = unescapedNames;
    }

    /// <summary>Top-level claims.</summary>
    public int Count => members.Length;

    /// <summary>The whole object as written: well-formed JSON without duplicate names.</summary>
    public ReadOnlyMemory<byte> Json => json;

    /// <summary>Parses a payload. The memory must stay unchanged while the result is in use.</summary>
    public static JoseRefusal TryParse(ReadOnlyMemory<byte> payload, out ClaimSet? claims)
    {
        claims = null;
        Span<JsonMember> table = stackalloc JsonMember[StrictObjectReader.TableSize(payload.Length)];
        var refusal = StrictObjectReader.Read(payload.Span, table, out var count, out var unescapedNames);
        if (refusal == JoseRefusal.None)
        {
            claims = new ClaimSet(payload, table[..count].ToArray(), unescapedNames);
        }

        return refusal;
    }

    /// <summary>Finds a claim by its name, compared ordinally after resolving escapes.</summary>
    public bool TryFind(ReadOnlySpan<byte> name, out Claim claim)
    {
        foreach (ref readonly var member in members.AsSpan())
        {
            if (StrictObjectReader.GetName(member, json.Span, unescapedNames).SequenceEqual(name))
            {
                claim = new Claim(json.Span.Slice(member.ValueStart, member.ValueLength), member);
                return true;
            }
        }

        claim = default;
        return false;
    }

    /// <summary>The text of a string claim; null if it is absent or of another type.</summary>
    public string? FindString(ReadOnlySpan<byte> name) => TryFind(name, out var claim) ? claim.ReadString() : null;

    /// <summary>The members of a claim that is an object; null if it is absent or of another type.</summary>
    public ClaimSet? FindObject(ReadOnlySpan<byte> name)
    {
        foreach (ref readonly var member in members.AsSpan())
        {
            if (StrictObjectReader.GetName(member, json.Span, unescapedNames).SequenceEqual(name))
            {
                // Not an object: refused, and so null.
                TryParse(json.Slice(member.ValueStart, member.ValueLength), out var nested);
                return nested;
            }
        }

        return null;
    }

    /// <summary>Names in the order of the document.</summary>
    public IEnumerable<string> Names =>
        members.Select(m => Encoding.UTF8.GetString(StrictObjectReader.GetName(m, json.Span, unescapedNames)));
}

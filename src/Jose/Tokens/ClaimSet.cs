using System.Runtime.InteropServices;
using System.Text;
using Culvert.Jose.Json;
using Culvert.Jose.Refusals;

namespace Culvert.Jose.Tokens;

/// <summary>A JWT's claims (RFC 7519 §4) with their JSON types. Nested values stay text.</summary>
public sealed class ClaimSet
{
    private readonly ReadOnlyMemory<byte> json;
    private readonly ReadOnlyMemory<byte> table;
    private readonly byte[]? unescapedNames;

    private ClaimSet(ReadOnlyMemory<byte> json, ReadOnlyMemory<byte> table, byte[]? unescapedNames)
    {
        this.json = json;
        this.table = table;
        this.unescapedNames = unescapedNames;
    }

    public int Count => Members.Length;

    /// <summary>The whole object as written: well-formed JSON without duplicate names.</summary>
    public ReadOnlyMemory<byte> Json => json;

    /// <summary>Parses a payload.</summary>
    /// <param name="payload">Must stay unchanged while the result is in use.</param>
    /// <param name="claims">Null if the payload is refused.</param>
    /// <param name="room">Receives the table of the claims' positions if it fits, and must stay unchanged as long as
    /// <paramref name="payload"/>; otherwise an array is allocated.</param>
    public static JoseRefusal TryParse(ReadOnlyMemory<byte> payload, out ClaimSet? claims, Memory<byte> room = default)
    {
        claims = null;
        Span<JsonMember> found = stackalloc JsonMember[StrictObjectReader.TableSize(payload.Length)];
        var refusal = StrictObjectReader.Read(payload.Span, found, out var count, out var unescapedNames);
        if (refusal == JoseRefusal.None)
        {
            var table = MemoryMarshal.AsBytes(found[..count]);
            var kept = table.Length <= room.Length ? room[..table.Length] : new byte[table.Length];
            table.CopyTo(kept.Span);
            claims = new ClaimSet(payload, kept, unescapedNames);
        }

        return refusal;
    }

    /// <summary>Finds a claim by name, compared ordinally after resolving escapes.</summary>
    public bool TryFind(ReadOnlySpan<byte> name, out Claim claim)
    {
        foreach (ref readonly var member in Members)
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
        foreach (ref readonly var member in Members)
        {
            if (StrictObjectReader.GetName(member, json.Span, unescapedNames).SequenceEqual(name))
            {
                // Null if it is not an object.
                TryParse(json.Slice(member.ValueStart, member.ValueLength), out var nested);
                return nested;
            }
        }

        return null;
    }

    public IReadOnlyList<string> Names
    {
        get
        {
            var names = new List<string>(Count);
            foreach (ref readonly var member in Members)
            {
                names.Add(Encoding.UTF8.GetString(StrictObjectReader.GetName(member, json.Span, unescapedNames)));
            }

            return names;
        }
    }

    private ReadOnlySpan<JsonMember> Members => MemoryMarshal.Cast<byte, JsonMember>(table.Span);
}

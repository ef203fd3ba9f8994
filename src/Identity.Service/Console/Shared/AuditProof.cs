using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Console.Shared;

/// <summary>
/// Verifies a listed entry: whether its body is the chained one, and whether this node has signed the chain up to it (S30).
/// <c>culvert audit verify</c> verifies order and completeness.
/// </summary>
internal sealed class AuditProof
{
    private readonly string node = "";
    private readonly long sequence;

    /// <param name="checkpoint">This node's latest; null = none since its start.</param>
    public AuditProof(string? checkpoint)
    {
        if (checkpoint?.Split('.') is not [_, var payload, _])
        {
            return;
        }

        using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
        node = document.RootElement.Text("node") ?? "";
        sequence = document.RootElement.Number("sequence");
        At = document.RootElement.Time("time");
        Head = document.RootElement.Text("head");
    }

    /// <summary>The time of the latest checkpoint; null = there is none.</summary>
    public DateTimeOffset? At { get; }

    public string? Head { get; }

    public string Node => node;

    public long Sequence => sequence;

    /// <summary><c>signed</c>, <c>chained</c>, <c>dropped</c> (retention removed the body) or <c>altered</c>.</summary>
    public string Format(JsonElement entry) =>
        entry.Member("body") is not { } body ? "dropped"
        : !Holds(entry, body) ? "altered"
        : entry.Text("node") == node && entry.Number("sequence") <= sequence ? "signed"
        : "chained";

    private static bool Holds(JsonElement entry, JsonElement body)
    {
        var salt = Convert.FromHexString(entry.Text("salt") ?? "");
        var digest = JournalChain.Digest(salt, Encoding.UTF8.GetBytes(body.GetRawText()));
        return Convert.ToHexStringLower(digest) == entry.Text("body_digest");
    }
}

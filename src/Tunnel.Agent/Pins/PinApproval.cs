using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.Platform.Certificates;
using Culvert.Platform.Checkpoints;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>Makes the observed definitions the new pins, and records approver, time and changes, signed.</summary>
/// <param name="files">The route's files, locked by the caller.</param>
internal sealed class PinApproval(PinFiles files, string route, PinSigner signer, string by, DateTimeOffset at)
{
    /// <summary>The approver where the configuration lets the agent itself approve.</summary>
    public const string FirstUse = "trust_first_use";

    private const string Type = "culvert-pin-approval+jws";

    // The file of pins has the whole definition.
    private const int MaxShownCharacters = 4096;

    /// <summary>Records and applies the approval. Returns the pins then in force; null: the key cannot sign.</summary>
    /// <param name="approved">The differences that become pins. None of them is ambiguous.</param>
    /// <exception cref="PinFilesException">A write failed; the pins are unchanged.</exception>
    public PinnedDefinitions? Apply(PinnedDefinitions? before, IReadOnlyList<Drift> approved)
    {
        var pins = (before ?? PinnedDefinitions.None).Pins.ToList();
        var changes = WriteChanges(pins, approved);
        var token = SignedStatement.Sign(
            signer.Certificate,
            Type,
            json =>
            {
                json.WriteString("node"u8, signer.Node);
                json.WriteString("route"u8, route);
                json.WriteString("by"u8, by);
                json.WriteString("time"u8, at.UtcDateTime);
                json.WriteString("changes_sha256"u8, Convert.ToHexStringLower(SHA256.HashData(changes)));
            }
        );
        if (token is null)
        {
            return null;
        }

        foreach (var drift in approved.Where(d => !d.IsAmbiguous))
        {
            pins.RemoveAll(p => p.Kind == drift.Key.KindName && p.Name == drift.Key.Name);
            if (drift.Observed is { } observed)
            {
                pins.Add(StoredPin.From(observed, by, at));
            }
        }

        // The record is written first: pins without one would have no origin.
        files.AppendApproval(
            $$"""{{PinFiles.LineStart(route)}}"changes":{{Encoding.UTF8.GetString(changes)}},"approval":"{{token}}"}"""
        );
        var next = new PinnedDefinitions { Pins = pins };
        files.SavePinned(next);
        return next;
    }

    /// <summary>Verifies a line of the record of approvals. Null: its signature or content is invalid.</summary>
    public static VerifiedApproval? Verify(string line, PlatformTrust trust, string tunnelId)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var approval = SignedStatement.VerifyAgent(
                json.RootElement.GetProperty("approval").GetString()!,
                Type,
                trust,
                tunnelId,
                Read,
                read => (read.Node, read.Time)
            );
            var changes = Encoding.UTF8.GetBytes(json.RootElement.GetProperty("changes").GetRawText());
            return
                approval is not null
                && approval.ChangesDigest == Convert.ToHexStringLower(SHA256.HashData(changes))
                && approval.Route == json.RootElement.GetProperty("route").GetString()
                ? approval
                : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static VerifiedApproval Read(JsonElement payload) =>
        new(
            payload.GetProperty("node").GetString()!,
            payload.GetProperty("route").GetString()!,
            payload.GetProperty("by").GetString()!,
            payload.GetProperty("time").GetDateTimeOffset(),
            payload.GetProperty("changes_sha256").GetString()!
        );

    private static byte[] WriteChanges(List<StoredPin> pins, IReadOnlyList<Drift> approved)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var drift in approved.Where(d => !d.IsAmbiguous))
            {
                var before = pins.Find(p => p.Kind == drift.Key.KindName && p.Name == drift.Key.Name)?.ToDefinition();
                json.WriteStartObject();
                json.WriteString("kind"u8, drift.Key.KindName);
                json.WriteString("name"u8, drift.Key.Name);
                json.WriteString("class"u8, DriftClasses.Format(drift.Classes));
                json.WriteString("old"u8, before?.Digest ?? "");
                json.WriteString("new"u8, drift.Observed?.Digest ?? "");
                json.WriteStartArray("diff"u8);
                foreach (var change in DefinitionComparison.Describe(before, drift.Observed))
                {
                    json.WriteStartObject();
                    json.WriteString("member"u8, change.Member);
                    json.WriteString("old"u8, Cut(change.Before));
                    json.WriteString("new"u8, Cut(change.After));
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return buffer.ToArray();
    }

    private static string? Cut(string? text) =>
        text is { Length: > MaxShownCharacters } ? string.Concat(text.AsSpan(0, MaxShownCharacters), "…") : text;
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.Platform.Certificates;
using Culvert.Platform.Checkpoints;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>
/// One act of approval: it makes what the server shows the new pins, and records who did it, when and what changed, signed
/// with the key of the agent's platform certificate.
/// </summary>
/// <param name="files">Of the route, locked by the caller.</param>
/// <param name="route">Its name.</param>
/// <param name="signer">Signs the record.</param>
/// <param name="by">Who approves.</param>
/// <param name="at">When.</param>
internal sealed class PinApproval(PinFiles files, string route, PinSigner signer, string by, DateTimeOffset at)
{
    /// <summary>The approver where no person approves: the agent itself, because its configuration says so.</summary>
    public const string FirstUse = "trust_first_use";

    private const string Type = "culvert-pin-approval+jws";

    // A whole definition is in the file of pins.
    private const int MaxShownCharacters = 4096;

    /// <summary>Records and applies. The pins that are in force then; null: the key cannot sign.</summary>
    /// <param name="before">The pins until now.</param>
    /// <param name="approved">The differences that become pins. None is ambiguous.</param>
    /// <exception cref="PinFilesException">The disk refuses; the pins are those from before.</exception>
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

        // The record first: pins without one would have no origin.
        files.AppendApproval(
            $$"""{{PinFiles.LineStart(route)}}"changes":{{Encoding.UTF8.GetString(changes)}},"approval":"{{token}}"}"""
        );
        var next = new PinnedDefinitions { Pins = pins };
        files.SavePinned(next);
        return next;
    }

    /// <summary>
    /// Checks a line of the record of approvals: that an agent of the tunnel signed it, and that it says what was signed.
    /// Null: it is not so.
    /// </summary>
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

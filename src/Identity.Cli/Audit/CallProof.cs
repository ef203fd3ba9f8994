using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Platform.Transparency;

namespace Culvert.Identity.Cli.Audit;

/// <summary>
/// A file of <c>culvert audit proof</c>: an agent's checkpoints, the proof that each is in the transparency log, and the
/// signed tree head of the proofs. Nothing in it is trusted before it is verified.
/// </summary>
internal sealed record CallProof
{
    public const string Type = "culvert_call_proof";

    public required string TunnelId { get; init; }

    public required string InstanceId { get; init; }

    public required SignedNote Note { get; init; }

    public required IReadOnlyList<CallProofEntry> Entries { get; init; }

    /// <summary>An earlier tree head; null = none was given when the proof was created.</summary>
    public SignedNote? Earlier { get; init; }

    /// <summary>The proof that the tree continues the earlier one.</summary>
    public IReadOnlyList<byte[]> Consistency { get; init; } = [];

    public static CallProof Parse(string file, string text)
    {
        try
        {
            if (JsonNode.Parse(text) is JsonObject json && json.Text("type") == Type)
            {
                return Read(json);
            }
        }
        catch (Exception e)
            when (e is JsonException or FormatException or InvalidOperationException or NullReferenceException)
        {
            // Reported below.
        }

        throw new CommandFailure(ExitCode.CheckFailed, "this is not a file of `culvert audit proof`") { Where = file };
    }

    private static CallProof Read(JsonObject json)
    {
        var consistency = json["consistency"] as JsonObject;
        return new CallProof
        {
            TunnelId = json.Text("tunnel_id") ?? "",
            InstanceId = json.Text("instance_id") ?? "",
            Note = ParseNote(json.Text("tree_head")),
            Entries =
            [
                .. json["entries"]!
                    .AsArray()
                    .Select(entry => new CallProofEntry(
                        (long)entry!["index"]!,
                        entry.Text("checkpoint") ?? "",
                        Hashes(entry["hashes"])
                    )),
            ],
            Earlier = consistency is null ? null : ParseNote(consistency.Text("from")),
            Consistency = consistency is null ? [] : Hashes(consistency["hashes"]),
        };
    }

    private static SignedNote ParseNote(string? text) =>
        SignedNote.Parse(text ?? "") ?? throw new FormatException("This is not a signed note.");

    private static List<byte[]> Hashes(JsonNode? array) =>
        [.. array!.AsArray().Select(hash => Convert.FromBase64String((string)hash!))];
}

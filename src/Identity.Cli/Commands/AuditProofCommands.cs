using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Audit;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;
using Culvert.Platform.Transparency;

namespace Culvert.Identity.Cli.Commands;

internal static class AuditProofCommands
{
    private const string LogPath = "v1/transparency";
    private const int MaxCheckpoints = 1000;
    private const int MaxWitnesses = 15;

    public static Command Proof(VerbFactory verbs)
    {
        var tunnel = new Argument<string>("TUNNEL") { Description = "the tunnel's name or ID" };
        var instance = new Argument<string>("INSTANCE") { Description = "the agent's instance ID" };
        var file = Flags.Required("--out", "FILE", "write the proof to this file");
        var last = Flags.Text("--last", "COUNT", "how many of the newest checkpoints; 10 by default, at most 1000");
        var since = Flags.Text(
            "--since",
            "FILE",
            "a tree head or proof of an earlier day, which the log must continue"
        );
        var witnesses = Flags.Text(
            "--witnesses",
            "COUNT",
            "take the newest tree head that so many witnesses cosigned, instead of the newest"
        );
        return verbs.Create(
            "proof",
            "an agent's checkpoints with the proof that the transparency log has them",
            async (context, cancel) =>
            {
                var count = ReadCount(context.Get(last), "--last", 1, MaxCheckpoints) ?? 10;
                var cosigners = ReadCount(context.Get(witnesses), "--witnesses", 1, MaxWitnesses);
                var earlier = context.Get(since) is { } path ? ReadHead(path) : null;
                var client = await context.ClientAsync(cancel);
                var id = await context.IdAsync(Noun.Tunnel, context.Get(tunnel)!, cancel);
                var head = cosigners is { } most ? await ReadWitnessedAsync(client, most, cancel) : null;
                var proof = await MakeAsync(client, id, context.Get(instance), count, (head, earlier), cancel);
                var target = context.Get(file)!;
                OutFile.WritePublic(target, proof.ToJsonString(WireJson.Plain));
                return CommandResult.Object(
                    new JsonObject { ["file"] = target, ["checkpoints"] = proof["entries"]!.AsArray().Count }
                );
            },
            tunnel,
            instance,
            file,
            last,
            since,
            witnesses
        );
    }

    public static CommandResult Verify(
        string records,
        string proofFile,
        string key,
        string? kept,
        X509Certificate2Collection roots,
        WitnessPolicy witnesses
    )
    {
        var proof = CallProof.Parse(proofFile, ReadAll(proofFile));
        using var text = InFile.Open(records);
        var report = new CallVerifier(roots, ReadKey(key), witnesses).Verify(
            text,
            proof,
            kept is null ? null : ReadHead(kept)
        );
        if (report.Findings.Count > 0)
        {
            throw new CommandFailure(ExitCode.CheckFailed, string.Join("\n  ", report.Findings))
            {
                Where = records,
                Next = "keep the files as they are: together with the log they are the evidence",
            };
        }

        return CommandResult.Object(
            new JsonObject
            {
                ["tunnel_id"] = proof.TunnelId,
                ["instance_id"] = proof.InstanceId,
                ["records"] = report.Records,
                ["first"] = report.First,
                ["last"] = report.Last,
                ["proven_up_to"] = report.ProvenUpTo,
                ["unproven"] = report.Last - report.ProvenUpTo,
                ["log_size"] = report.LogSize,
                ["log_continues"] = report.Continues,
                ["witnesses"] = new JsonArray([.. report.Witnesses.Select(name => (JsonNode)name)]),
            }
        );
    }

    private static async Task<JsonObject> MakeAsync(
        ManagementClient client,
        string tunnel,
        string instance,
        int count,
        (SignedNote? Head, SignedNote? Earlier) heads,
        CancellationToken cancel
    )
    {
        var query = new Query()
            .Add("tunnel_id", tunnel)
            .Add("instance_id", instance)
            .Add("limit", count.ToString(CultureInfo.InvariantCulture));
        var listed = (await client.GetAsync(query.On(LogPath + "/agent_checkpoints"), cancel)).Json.Data();
        var logged = listed.Where(one => one?["index"] is not null).Reverse().ToList();
        if (logged.Count == 0)
        {
            throw new CommandFailure(ExitCode.Failed, $"the log has no checkpoint of {instance} yet")
            {
                Next =
                    "an agent signs one a minute while calls are recorded, and the log takes it within another minute",
            };
        }

        // All proofs for one tree, because the log grows between these requests.
        var (note, size) = heads.Head is { } wanted ? (wanted.ToString(), TreeHead.Parse(wanted.Text)!.Size) : ("", 0L);
        var entries = new JsonArray();
        foreach (var checkpoint in logged)
        {
            var index = (long)checkpoint!["index"]!;
            if (size > 0 && index >= size)
            {
                continue; // in the tree, but not in a signed one yet
            }

            var proof = new Query().Add("index", $"{index}");
            if (size > 0)
            {
                proof.Add("size", $"{size}");
            }

            var answer = (await client.GetAsync(proof.On(LogPath + "/proof/inclusion"), cancel)).Json;
            if (size == 0)
            {
                (note, size) = (answer.Text("checkpoint")!, (long)answer["size"]!);
            }

            entries.Add(
                (JsonNode)
                    new JsonObject
                    {
                        ["index"] = index,
                        ["checkpoint"] = checkpoint.Text("checkpoint"),
                        ["hashes"] = answer["hashes"]!.DeepClone(),
                    }
            );
        }

        return new JsonObject
        {
            ["type"] = CallProof.Type,
            ["tunnel_id"] = tunnel,
            ["instance_id"] = instance,
            ["tree_head"] = note,
            ["entries"] = entries,
            ["consistency"] = heads.Earlier is null
                ? null
                : await ConsistencyAsync(client, heads.Earlier, size, cancel),
        };
    }

    private static async Task<JsonObject> ConsistencyAsync(
        ManagementClient client,
        SignedNote earlier,
        long size,
        CancellationToken cancel
    )
    {
        var from = TreeHead.Parse(earlier.Text)!.Size;
        var query = new Query().Add("from", $"{from}").Add("to", $"{size}");
        var answer = (await client.GetAsync(query.On(LogPath + "/proof/consistency"), cancel)).Json;
        return new JsonObject { ["from"] = earlier.ToString(), ["hashes"] = answer["hashes"]!.DeepClone() };
    }

    private static async Task<SignedNote> ReadWitnessedAsync(
        ManagementClient client,
        int count,
        CancellationToken cancel
    )
    {
        var query = new Query().Add("witnesses", $"{count}");
        using var answer = new MemoryStream();
        await client.DownloadAsync(query.On(LogPath + "/checkpoint"), answer, static _ => { }, cancel);
        var note = SignedNote.Parse(Encoding.UTF8.GetString(answer.ToArray()));
        return note is not null && TreeHead.Parse(note.Text) is not null
            ? note
            : throw new CommandFailure(ExitCode.CheckFailed, "the service sent no signed tree head");
    }

    private static int? ReadCount(string? text, string flag, int least, int most) =>
        text is null ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        && count >= least
        && count <= most
            ? count
        : throw new CommandFailure(ExitCode.Usage, $"a number from {least} to {most} is required") { Where = flag };

    public static WitnessPolicy ReadWitnesses(string[]? keys, string? required, DateTimeOffset now)
    {
        var read = (keys ?? []).Select(ReadWitness).ToList();

        // A signature does not cover the name of its key: one key under two names would count twice.
        if (read.DistinctBy(key => Convert.ToHexString(key.PublicKey)).Count() < read.Count)
        {
            throw new CommandFailure(ExitCode.Usage, "a witness is named twice") { Where = "--witness" };
        }

        return new WitnessPolicy(read, ReadCount(required, "--witnesses-required", 0, read.Count) ?? read.Count, now);
    }

    // The key itself, or a file that contains it.
    private static CosignatureKey ReadWitness(string key) =>
        CosignatureKey.Parse(key.Contains('+', StringComparison.Ordinal) ? key : InFile.ReadText(key))
        ?? throw new CommandFailure(ExitCode.Usage, "this is not the key of a witness")
        {
            Where = "--witness",
            Next = "give name+id+base64, as the witness publishes it (Ed25519, type 0x04)",
        };

    // A fetched tree head, or the one in a proof.
    private static SignedNote ReadHead(string file)
    {
        var text = ReadAll(file);
        var note = text.StartsWith('{') ? CallProof.Parse(file, text).Note : SignedNote.Parse(text);
        return note is not null && TreeHead.Parse(note.Text) is not null
            ? note
            : throw new CommandFailure(ExitCode.CheckFailed, "this is not a signed tree head") { Where = file };
    }

    private static string ReadAll(string file)
    {
        using var text = InFile.Open(file);
        return text.ReadToEnd();
    }

    // The key itself, or a file that contains it.
    private static NoteKey ReadKey(string key) =>
        NoteKey.Parse(key.Contains('+', StringComparison.Ordinal) ? key : InFile.ReadText(key))
        ?? throw new CommandFailure(ExitCode.Usage, "this is not the key of a transparency log")
        {
            Where = "--log-key",
            Next = "give the member `key` of GET /v1/transparency, as it was noted outside the service",
        };
}

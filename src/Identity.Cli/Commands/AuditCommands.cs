using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Audit;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class AuditCommands
{
    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "audit",
            "the chained record of every decision",
            AuditListCommand.Create(verbs),
            Export(verbs),
            AuditProofCommands.Proof(verbs),
            Verify(verbs)
        );

    private static Command Export(VerbFactory verbs)
    {
        var file = Flags.Required("--out", "FILE", "write the chain to this file, as JSON lines");
        var since = Flags.Text(
            "--since",
            "TIME",
            "leave out the content of older events: 2026-01-31T12:00:00Z, or 24h; their digests stay, so it verifies"
        );
        return verbs.Create(
            "export",
            "the whole chain: your organization's events, and the digests of all others",
            async (context, cancel) =>
            {
                var path = context.Get(file)!;
                var from = Moments.Read(context, since);
                var client = await context.ClientAsync(cancel);
                var aside = path + ".new";
                await using (var target = File.Create(aside))
                {
                    using var progress = new Progress(context.Host, context.IsQuiet, "bytes read");
                    await client.DownloadAsync("v1/audit/export", target, progress.Report, cancel);
                }

                if (from is { } moment)
                {
                    await ExportWindow.NarrowAsync(aside, moment, cancel);
                }

                File.Move(aside, path, overwrite: true);
                return CommandResult.Object(new JsonObject { ["file"] = path });
            },
            file,
            since
        );
    }

    private static Command Verify(VerbFactory verbs)
    {
        var export = new Argument<string>("EXPORT")
        {
            Description = "a file of `culvert audit export`; with --log an agent's record of calls",
        };
        var files = Flags.Many("--checkpoint", "FILE", "a log, a saved feed or a bare checkpoint");
        var log = Flags.Text("--log", "FILE", "a file of `culvert audit proof`");
        var key = Flags.Text("--log-key", "KEY", "the public key of the transparency log, or a file with it");
        var kept = Flags.Text("--log-since", "FILE", "a tree head that you kept, which the log must continue");
        var witness = Flags.Many("--witness", "KEY", "the public key of a witness that you trust, or a file with it");
        var required = Flags.Text(
            "--witnesses-required",
            "COUNT",
            "how many of them must have cosigned the tree head of the proof; all by default"
        );
        return verbs.Create(
            "verify",
            "prove order and completeness of an export or of an agent's record; offline, with the platform root from --ca-file",
            (context, _) =>
            {
                if (context.Get(log) is { } proof)
                {
                    return Task.FromResult(
                        AuditProofCommands.Verify(
                            context.Get(export),
                            proof,
                            context.Get(key)
                                ?? throw new CommandFailure(ExitCode.Usage, "a proof is verified with the log's key")
                                {
                                    Where = "--log-key",
                                    Next = "give the key that you noted outside the service",
                                },
                            context.Get(kept),
                            ReadRoots(context),
                            AuditProofCommands.ReadWitnesses(
                                context.Get(witness),
                                context.Get(required),
                                context.Host.Time.GetUtcNow()
                            )
                        )
                    );
                }

                var checkpoints = (context.Get(files) ?? [])
                    .SelectMany(file => ReadCheckpoints(file, ReadRoots(context)))
                    .ToList();
                using var text = InFile.Open(context.Get(export));
                var chains = new JsonArray();
                foreach (var chain in ChainVerifier.Verify(text, checkpoints))
                {
                    chains.Add(
                        (JsonNode)
                            new JsonObject
                            {
                                ["node"] = chain.Node,
                                ["entries"] = chain.Entries,
                                ["bodies"] = chain.Bodies,
                                ["checkpoints"] = chain.Checkpoints,
                                ["proven_up_to"] = chain.ProvenUpTo,
                                ["unproven"] = chain.Unproven,
                            }
                    );
                    if (chain.Unproven > 0)
                    {
                        context.Note(
                            $"{chain.Node}: the last {chain.Unproven} entries are in order, but no checkpoint proves that none is missing"
                        );
                    }
                }

                return Task.FromResult(
                    CommandResult.List(
                        ApiAnswer.FromJson(new JsonObject { ["data"] = chains, ["next_page"] = null }),
                        new Column("NODE", "node", Fit.Whole),
                        new Column("ENTRIES", "entries"),
                        new Column("PROVEN UP TO", "proven_up_to"),
                        new Column("UNPROVEN", "unproven", Fit.Whole)
                    )
                );
            },
            export,
            files,
            log,
            key,
            kept,
            witness,
            required
        );
    }

    private static IReadOnlyList<Checkpoint> ReadCheckpoints(string file, X509Certificate2Collection roots)
    {
        using var text = InFile.Open(file);
        return Checkpoint.ReadAll(file, text, roots);
    }

    private static X509Certificate2Collection ReadRoots(CommandContext context)
    {
        if (context.CaFile is not { } file)
        {
            throw new CommandFailure(ExitCode.Usage, "a checkpoint can only be verified with the platform root")
            {
                Where = "--ca-file",
                Next = "give the platform root by --ca-file",
            };
        }

        return ServerTrust.ReadRoots(file);
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Culvert.Machine.Client.Checkpoints;
using Culvert.Machine.Client.State;
using Culvert.Platform.Configuration;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Audit.Export;
using Culvert.Tunnel.Agent.Configuration;

namespace Culvert.Tunnel.Agent.Commands;

/// <summary><c>tunnel-agent audit tail|export|verify</c>: reads the records of calls, also while the agent runs.</summary>
internal static class AuditCommand
{
    private const int MaxTailBytes = 16 * 1024 * 1024;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    private static readonly Option<int> Lines = new("--lines", "-n")
    {
        Description = "How many of the newest records to show.",
        DefaultValueFactory = _ => 20,
    };

    private static readonly Option<bool> Follow = new("--follow", "-f") { Description = "Continue with new ones." };

    private static readonly Option<string?> Anchor = new("--anchor")
    {
        Description = "SEQUENCE:HASH as the log or an earlier run named them.",
    };

    private static readonly Option<FileInfo[]> Checkpoints = new("--checkpoint")
    {
        Description =
            "File with more signed checkpoints than the one next to the records, as in the log; all of them must be valid.",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object." };

    public static Command Create()
    {
        var tail = new Command("tail", "Show the newest records, a JSON object per line.") { Lines, Follow };
        tail.SetAction(TailAsync);
        var verify = new Command("verify", "Check that no record was edited, removed, moved or cut off.")
        {
            Anchor,
            Checkpoints,
            Json,
        };
        verify.SetAction(VerifyAsync);
        return new Command("audit", "Read, export or check the records of calls.")
        {
            tail,
            AuditExportCommand.Create(),
            verify,
        };
    }

    private static async Task<int> TailAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (folder, status) = Folder(parsed);
        if (folder is null)
        {
            return status;
        }

        var output = parsed.InvocationConfiguration.Output;
        var shown = 0L;
        try
        {
            foreach (var line in Newest(folder, parsed.GetValue(Lines)))
            {
                await output.WriteLineAsync(line.Text);
                shown = line.Sequence;
            }

            using var cursor = new RecordCursor(folder, shown + 1);
            while (parsed.GetValue(Follow))
            {
                foreach (var line in cursor.Read(CallExporter.BatchRecords, CallExporter.BatchBytes))
                {
                    await output.WriteLineAsync(Encoding.UTF8.GetString(line.Json));
                }

                await Task.Delay(Poll, TimeProvider.System, cancellationToken);
            }

            return ExitCodes.Done;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync(e.Message);
            return ExitCodes.Failed;
        }
    }

    private static async Task<int> VerifyAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var error = parsed.InvocationConfiguration.Error;
        var anchors = new List<(long Sequence, string Hash)>();
        if (parsed.GetValue(Anchor) is { } written)
        {
            if (
                written.Split(':') is not [var sequence, { Length: CallRecordLine.HashCharacters } hash]
                || !long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            )
            {
                await error.WriteLineAsync("--anchor: write SEQUENCE:HASH, as the agent's log names them.");
                return ExitCodes.Usage;
            }

            anchors.Add((number, hash));
        }

        var loaded = ConfigCommand.Load(parsed, ConfigLocation.Agent, AgentConfiguration.Read);
        if (!loaded.IsValid)
        {
            return ProgramHost.Report(loaded.Errors, error);
        }

        try
        {
            var checkpoints = new CallCheckpoints(
                AgentState.Read(loaded.Settings.Identity, loaded.Settings.Tunnel.Id, loaded.Settings.StateDirectory),
                loaded.Settings.Tunnel.Id
            );
            var folder = new AuditFolder(loaded.Settings.StateDirectory, loaded.Settings.Audit.File);
            var held = checkpoints.Read(folder, (parsed.GetValue(Checkpoints) ?? []).Select(file => file.FullName));
            if (checkpoints.Problem.Length > 0)
            {
                await error.WriteLineAsync(checkpoints.Problem);
            }

            if (held is null)
            {
                return ExitCodes.CheckFailed;
            }

            anchors.AddRange(held.Select(c => (c.Sequence, c.Head)));
            var verdict = new AuditVerifier(folder).Verify(anchors) with
            {
                ProvenTo = anchors.Count > 0 ? anchors.Max(a => a.Sequence) : null,
            };
            var output = parsed.InvocationConfiguration.Output;
            await (parsed.GetValue(Json) ? WriteJsonAsync(output, verdict) : WriteTextAsync(output, verdict));
            return verdict.Findings.Count == 0 ? ExitCodes.Done : ExitCodes.CheckFailed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCodes.Failed;
        }
    }

    private static (AuditFolder? Folder, int Status) Folder(ParseResult parsed)
    {
        var loaded = ConfigCommand.Load(parsed, ConfigLocation.Agent, AgentConfiguration.Read);
        return loaded.IsValid
            ? (new AuditFolder(loaded.Settings.StateDirectory, loaded.Settings.Audit.File), ExitCodes.Done)
            : (null, ProgramHost.Report(loaded.Errors, parsed.InvocationConfiguration.Error));
    }

    private static List<(long Sequence, string Text)> Newest(AuditFolder folder, int count)
    {
        var lines = new List<(long, string)>();
        foreach (var file in folder.AllFiles().Reverse())
        {
            lines.InsertRange(0, ReadLines(file));
            if (lines.Count >= count)
            {
                break;
            }
        }

        return lines.Count > count ? lines[^count..] : lines;
    }

    private static List<(long Sequence, string Text)> ReadLines(string path)
    {
        using var stream = AuditFolder.OpenRead(path);
        stream.Position = Math.Max(0, stream.Length - MaxTailBytes);
        using var reader = new StreamReader(stream);
        var lines = new List<(long, string)>();
        while (reader.ReadLine() is { } line)
        {
            if (CallRecordLine.Read(Encoding.UTF8.GetBytes(line)) is { Sequence: var sequence })
            {
                lines.Add((sequence, line));
            }
        }

        return lines;
    }

    private static async Task WriteTextAsync(TextWriter output, AuditVerdict verdict)
    {
        foreach (var finding in verdict.Findings)
        {
            var place =
                finding.File.Length == 0 ? ""
                : finding.Line > 0 ? $"{finding.File}:{finding.Line}: "
                : $"{finding.File}: ";
            await output.WriteLineAsync($"{finding.Kind}: {place}{finding.Detail}");
        }

        if (verdict.HasTornTail)
        {
            await output.WriteLineAsync("The last line is not complete: it is being written, or the agent was killed.");
        }

        if (verdict.ProvenTo is { } proven)
        {
            await output.WriteLineAsync(
                verdict.Findings.Count > 0 ? $"No checkpoint covers the records up to {proven}."
                : proven < verdict.Last ? $"Proven up to record {proven}; what follows is not."
                : $"Proven up to record {proven}, the last."
            );
        }

        await output.WriteLineAsync(
            verdict.Records == 0
                ? "No records found."
                : $"{verdict.Records} records, {verdict.First} to {verdict.Last}, head {verdict.Head}: "
                    + (verdict.Findings.Count == 0 ? "as they were written." : $"{verdict.Findings.Count} errors.")
        );
    }

    private static async Task WriteJsonAsync(TextWriter output, AuditVerdict verdict)
    {
        using var buffer = new MemoryStream();
        await using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("records", verdict.Records);
            json.WriteNumber("first", verdict.First);
            json.WriteNumber("last", verdict.Last);
            json.WriteString("head", verdict.Head);
            json.WriteBoolean("torn_tail", verdict.HasTornTail);
            if (verdict.ProvenTo is { } proven && verdict.Findings.Count == 0)
            {
                json.WriteNumber("proven_to", proven);
            }

            json.WriteStartArray("faults");
            foreach (var finding in verdict.Findings)
            {
                json.WriteStartObject();
                json.WriteString("kind", finding.Kind);
                json.WriteString("file", finding.File);
                json.WriteNumber("line", finding.Line);
                json.WriteString("detail", finding.Detail);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        await output.WriteLineAsync(Encoding.UTF8.GetString(buffer.ToArray()));
    }
}

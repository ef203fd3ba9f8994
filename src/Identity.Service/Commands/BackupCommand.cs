using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Culvert.Identity.Service.Backup;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Configuration;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Commands;

/// <summary>
/// <c>identity-service backup</c>: backs up the installation while the service runs, and lists what the backup lacks.
/// </summary>
internal static class BackupCommand
{
    private const string StandardOutput = "-";
    private const string NamePrefix = "culvert-";
    private const string NameSuffix = ".backup";

    public static Command Create()
    {
        var file = new Option<string?>("--out")
        {
            Description = "The file to create, which must not exist; - writes to standard output.",
        };
        var folder = new Option<string?>("--folder")
        {
            Description = $"Instead of --out: create {NamePrefix}TIME{NameSuffix} in this folder.",
        };
        var keep = new Option<int?>("--keep")
        {
            Description = "With --folder: then remove the oldest such files until this many are left.",
        };
        var command = new Command(
            "backup",
            "Back up everything except keys that are stored elsewhere. Can run while the service runs; needs the sealing key."
        )
        {
            file,
            folder,
            keep,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(file) is null == result.GetValue(folder) is null)
            {
                result.AddError("Required: --out or --folder, one of them.");
            }
            else if (result.GetValue(keep) is { } count && (count < 1 || result.GetValue(folder) is null))
            {
                result.AddError("--keep needs --folder and a number from 1.");
            }
        });
        command.SetAction(
            (parsed, cancellation) =>
                RunAsync(
                    parsed,
                    parsed.GetValue(file),
                    parsed.GetValue(folder),
                    parsed.GetValue(keep) ?? int.MaxValue,
                    cancellation
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        ParseResult parsed,
        string? file,
        string? folder,
        int keep,
        CancellationToken cancellationToken
    )
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var loaded = ConfigCommand.Load(parsed, ConfigLocation.Service, ServiceConfiguration.Read);
        if (!loaded.IsValid)
        {
            return ProgramHost.Report(loaded.Errors, error);
        }

        var isStandardOutput = file == StandardOutput;
        var path =
            isStandardOutput ? "standard output"
            : file is not null ? Path.GetFullPath(file)
            : Path.Combine(Path.GetFullPath(folder!), NameAt(TimeProvider.System.GetUtcNow()));
        if (File.Exists(path))
        {
            await error.WriteLineAsync($"{path} exists: a backup never overwrites one.".AsMemory(), cancellationToken);
            return ExitCodes.Usage;
        }

        try
        {
            var (header, rows) = await WriteAsync(
                loaded.Settings.Options,
                isStandardOutput ? null : path,
                table => error.WriteLine($"saved {table.Name}"),
                cancellationToken
            );
            await RecordAsync(loaded.Settings.Options, header.MadeAt, error);
            foreach (var line in Summary(path, header, rows))
            {
                await (isStandardOutput ? error : output).WriteLineAsync(line.AsMemory(), cancellationToken);
            }

            foreach (var old in folder is null ? [] : RemoveOldest(folder, keep))
            {
                await output.WriteLineAsync($"removed {old}".AsMemory(), cancellationToken);
            }

            return ExitCodes.Done;
        }
        catch (Exception fault)
            when (fault
                    is StoreException
                        or BackupException
                        or SecretUnavailableException
                        or IOException
                        or UnauthorizedAccessException
                        or DbException
            )
        {
            await error.WriteLineAsync(fault.Message.AsMemory(), CancellationToken.None);
            return StartFailure.ToExitCode(fault);
        }
    }

    internal static string NameAt(DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture, $"{NamePrefix}{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}{NameSuffix}");

    /// <summary>Removes the oldest backups with such names from a folder; returns the removed ones.</summary>
    internal static IReadOnlyList<string> RemoveOldest(string folder, int keep)
    {
        var old = Directory
            .GetFiles(folder, $"{NamePrefix}????????T??????Z{NameSuffix}")
            .OrderDescending(StringComparer.Ordinal)
            .Skip(keep)
            .ToList();
        old.ForEach(File.Delete);
        return old;
    }

    /// <summary>The backup is valid even if its time cannot be recorded: only <c>culvert status</c> needs that.</summary>
    private static async Task RecordAsync(ServiceOptions options, DateTimeOffset madeAt, TextWriter error)
    {
        try
        {
            BackupRuns.Record(options.StoreSettings, madeAt);
        }
        catch (Exception fault)
            when (fault is DbException or StoreException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"The backup is complete, but culvert status will not show it: {fault.Message}");
        }
    }

    private static async Task<(BackupHeader Header, long Rows)> WriteAsync(
        ServiceOptions options,
        string? path,
        Action<BackupTable> report,
        CancellationToken cancellationToken
    )
    {
        if (path is not null)
        {
            return await BackupMaker.WriteAsync(options, path, TimeProvider.System, report, cancellationToken);
        }

        await using var target = System.Console.OpenStandardOutput();
        return await BackupMaker.WriteAsync(options, target, TimeProvider.System, report, cancellationToken);
    }

    internal static IEnumerable<string> Summary(string path, BackupHeader header, long rows)
    {
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{path}: {rows} rows of {header.Tables.Count} tables, as of {header.MadeAt:u}, schema {header.Migrations[^1]}"
        );
        yield return "This file lacks, and a restore needs:";
        foreach (var key in header.SealingKeys)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"  sealing key, version {key.Version}, SHA-256 {key.Fingerprint}: {key.Values} secrets are sealed with it"
            );
        }

        foreach (var item in header.HsmObjects)
        {
            yield return $"  HSM object{(item.Label is null ? "" : $" labelled {item.Label}")}: key of {item.Kind} {item.Id}";
        }

        yield return "  the configuration file, and what it refers to (TLS pairs, the database's password, the HSM's PIN)";
    }
}

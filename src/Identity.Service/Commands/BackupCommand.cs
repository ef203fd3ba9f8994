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
/// <c>identity-service backup</c>: saves the installation, while the service runs, and names what the backup lacks.
/// </summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var file = new Option<string>("--out")
        {
            Description = "The file to create; it must not exist.",
            Required = true,
        };
        var command = new Command(
            "backup",
            "Back up everything except keys that are stored elsewhere. Can run while the service runs; needs the sealing key."
        )
        {
            file,
        };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, parsed.GetValue(file)!, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, string file, CancellationToken cancellationToken)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var loaded = ConfigCommand.Load(parsed, ConfigLocation.Service, ServiceConfiguration.Read);
        if (!loaded.IsValid)
        {
            return ProgramHost.Report(loaded.Errors, error);
        }

        var path = Path.GetFullPath(file);
        if (File.Exists(path))
        {
            await error.WriteLineAsync($"{path} exists: a backup never overwrites one.".AsMemory(), cancellationToken);
            return ExitCodes.Usage;
        }

        try
        {
            var (header, rows) = await BackupMaker.WriteAsync(
                loaded.Settings.Options,
                path,
                TimeProvider.System,
                table => error.WriteLine($"saved {table.Name}"),
                cancellationToken
            );
            foreach (var line in Summary(path, header, rows))
            {
                await output.WriteLineAsync(line.AsMemory(), cancellationToken);
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

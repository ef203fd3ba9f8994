using System.CommandLine;
using System.Globalization;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Configuration;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Commands;

/// <summary><c>identity-service seal rotate</c>: seals every stored secret anew with the newest version of the key.</summary>
internal static class SealCommand
{
    public static Command Create()
    {
        var rotate = new Command(
            "rotate",
            "Seal every stored secret anew with the newest version of keys.sealing_key. May run beside the service, "
                + "and again after an interruption."
        );
        rotate.SetAction(RunAsync);
        return new Command("seal", "The key that seals secrets in the database.") { rotate };
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var loaded = ConfigCommand.Load(parsed, ConfigLocation.Service, ServiceConfiguration.Read);
        if (!loaded.IsValid)
        {
            return ProgramHost.Report(loaded.Errors, error);
        }

        try
        {
            // The state directory stays the running service's: this writes into the database alone.
            var (versions, writing) = Store.RotateSeals(
                loaded.Settings.Options,
                progress =>
                    output.WriteLine(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{progress.Column, -42} sealed anew {progress.Resealed}, current {progress.Current}, changed meanwhile {progress.Changed}"
                        )
                    ),
                cancellationToken
            );
            if (versions.All(version => version == writing))
            {
                await output.WriteLineAsync(
                    $"everything is sealed with version {writing}; older lines of the key file can go"
                );
                return ExitCodes.Done;
            }

            await error.WriteLineAsync(
                $"versions {string.Join(", ", versions)} are still in use: is every node restarted with version {writing}? "
                    + "Then run this again."
            );
            return ExitCodes.TryAgain;
        }
        catch (Exception fault) when (fault is StoreException or SecretUnavailableException or IOException)
        {
            await error.WriteLineAsync(fault.Message.AsMemory(), CancellationToken.None);
            return ExitCodes.Failed;
        }
    }
}

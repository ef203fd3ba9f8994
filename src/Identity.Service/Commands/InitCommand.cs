using System.CommandLine;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Init;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tenants;
using Culvert.Platform.Configuration;
using Culvert.Platform.Logging;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Commands;

/// <summary>
/// <c>identity-service init</c>: creates the installation, its first organization and the first admin key.
/// </summary>
internal static class InitCommand
{
    private const int MaxNameLength = 255;

    public static Command Create()
    {
        var organization = new Option<string>("--organization")
        {
            Description = "Name of the first organization.",
            Required = true,
        };
        organization.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not { Length: > 0 and <= MaxNameLength })
            {
                result.AddError($"--organization must be a name of 1 to {MaxNameLength} characters.");
            }
        });
        var keyFile = new Option<string?>("--admin-key-file")
        {
            Description = "File for the admin key (default: admin.key in the state directory).",
        };
        var key = new Option<string?>("--admin-key")
        {
            Description =
                "Use this admin key instead of making one: file:PATH or env:NAME of a text `clv_adm_` and 32 random bytes "
                + "in base64url.",
        };
        var ifNeeded = new Option<bool>("--if-needed")
        {
            Description = "Succeed without a change if an installation exists.",
        };
        var command = new Command("init", "Create a new installation.") { organization, keyFile, key, ifNeeded };
        command.Validators.Add(result =>
        {
            if (result.GetValue(key) is not { } reference)
            {
                return;
            }

            if (!SecretReference.TryParse(reference, Environment.CurrentDirectory, out _))
            {
                result.AddError("--admin-key must be file:PATH or env:NAME, never the key itself.");
            }
            else if (result.GetValue(keyFile) is not null)
            {
                result.AddError("--admin-key and --admin-key-file exclude each other.");
            }
        });
        command.SetAction(
            (parsed, cancellation) =>
                RunAsync(
                    parsed,
                    parsed.GetValue(organization)!,
                    parsed.GetValue(keyFile),
                    parsed.GetValue(key),
                    parsed.GetValue(ifNeeded),
                    cancellation
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        ParseResult parsed,
        string organization,
        string? keyFile,
        string? givenKey,
        bool ifNeeded,
        CancellationToken cancellationToken
    )
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var loaded = ConfigCommand.Load(parsed, ConfigLocation.Service, ServiceConfiguration.Read);
        if (!loaded.IsValid)
        {
            return ProgramHost.Report(loaded.Errors, error);
        }

        try
        {
            var options = loaded.Settings.Options;
            using var state = StateDirectory.Open(options.StateDirectory);
            using var loggers = LoggingExtensions.CreateLoggerFactory(loaded.Settings.Log);
            var lines = await Initializer.RunAsync(
                options,
                new InitContext(organization, keyFile is null ? state.GetPath("admin.key") : Path.GetFullPath(keyFile))
                {
                    ReadAdminKey = givenKey is null ? null : () => ReadKey(givenKey),
                },
                TimeProvider.System,
                loggers,
                configure: null,
                cancellationToken
            );
            foreach (var line in lines)
            {
                await output.WriteLineAsync(line.AsMemory(), cancellationToken);
            }

            return ExitCodes.Done;
        }
        catch (AlreadyInitialisedException present) when (ifNeeded)
        {
            await output.WriteLineAsync(present.Message.AsMemory(), cancellationToken);
            return ExitCodes.Done;
        }
        catch (Exception fault)
            when (fault is StoreException or StateDirectoryException or SecretUnavailableException or IOException)
        {
            await error.WriteLineAsync(fault.Message.AsMemory(), CancellationToken.None);
            return ExitCodes.Failed;
        }
    }

    private static string ReadKey(string reference) =>
        SecretReference.TryParse(reference, Environment.CurrentDirectory, out var secret)
        && secret.Read() is var key
        && AdminKey.IsSecret(key)
            ? key
            // Never include the text: it may be a key.
            : throw new StoreException(
                $"{reference} is not an admin key: it must be `{AdminKey.SecretPrefix}` and 32 random bytes in base64url."
            );
}

using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;
using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.CertificateFiles;
using Culvert.Machine.Client.Credentials;
using Culvert.Machine.Client.Tokens;
using Culvert.Platform.Certificates;

namespace Culvert.Identity.Cli.Commands;

/// <summary>
/// <c>culvert cert renew</c>, for a timer. Keeps key, certificate and trust bundle of a tunnel current in files for another
/// server, authenticated with a token of the machine's identity provider. The key is generated here and never leaves the
/// machine.
/// </summary>
internal static class CertRenewCommand
{
    private static readonly TimeSpan DefaultRenewBefore = TimeSpan.FromHours(720);

    public static Command Create(VerbFactory verbs)
    {
        var tunnel = Flags.Required("--tunnel", "ID", "the tunnel (tnl_…); the rule must name it");
        var output = Flags.Required(
            "--output",
            "DIR",
            "the folder of the files; created if needed, only for this command"
        );
        var before = new Option<TimeSpan?>("--renew-before")
        {
            Description =
                "renew at the latest this long before expiry (default: 720h); if it is the whole lifetime or longer, only the service's "
                + "window decides",
            HelpName = "DURATION",
            CustomParser = argument => Durations.Parser(TimeSpan.Zero, TimeSpan.FromDays(3650))(argument),
        };
        var command = Flags.Text(
            "--exec",
            "CMD",
            "command to run after a change, without a shell; use quotes for words with spaces ('nginx -s reload')"
        );
        var federated = new Option<bool>("--federated")
        {
            Description =
                "sign in with the identity provider's token; this is the only method here, so you can leave it out",
        };
        var rule = Flags.Required("--rule", "ID", "the federation rule (fdrl_…) that grants certificate:issue");
        var token = Flags.Required(
            "--token-file",
            "FILE",
            "file with the identity provider's token, read again at each sign-in"
        );
        var account = Flags.Text("--service-account", "ID", "fail unless the sign-in yields this service account");
        var keyType = Flags.OneOf("--key-type", "of the new key (default: ecdsa-p256)", [.. KeyTypes.Keys]);
        return verbs.Create(
            "renew",
            "renew a tunnel's key and certificate files when due, for rotation jobs; exit code 0 if nothing is due",
            async (context, cancel) =>
            {
                var change = Parse(context.Get(command));
                var options = Identity(context, context.Get(rule)!, context.Get(token)!, context.Get(account));
                var wanted = new RotationOptions
                {
                    Url = options.Url.AbsoluteUri.TrimEnd('/'),
                    TunnelId = TunnelId(context.Get(tunnel)!),
                    RenewBefore = context.Get(before) ?? DefaultRenewBefore,
                    Unit = RenewalPlan.GetUnit($"{Environment.MachineName}\n{Path.GetFullPath(context.Get(output)!)}"),
                    KeyType = KeyTypes[context.Get(keyType) ?? "ecdsa-p256"],
                    HasCommand = change is not null,
                };
                try
                {
                    using var folder = CertificateFolder.Open(context.Get(output)!);
                    return await RunAsync(context, folder, options, wanted, change, cancel);
                }
                catch (CertificateFolderException e)
                {
                    throw new CommandFailure(e.IsBusy ? ExitCode.TryAgain : ExitCode.Configuration, e.Message, e)
                    {
                        Where = "--output",
                        Next = e.IsBusy ? "wait for it, and repeat the command" : null,
                    };
                }
            },
            tunnel,
            output,
            before,
            command,
            federated,
            rule,
            token,
            account,
            keyType
        );
    }

    private static Dictionary<string, KeyType> KeyTypes { get; } =
        new()
        {
            ["ecdsa-p256"] = KeyType.EcdsaP256,
            ["ecdsa-p384"] = KeyType.EcdsaP384,
            ["rsa-2048"] = KeyType.Rsa2048,
            ["rsa-3072"] = KeyType.Rsa3072,
        };

    private static async Task<CommandResult> RunAsync(
        CommandContext context,
        CertificateFolder folder,
        IdentityOptions options,
        RotationOptions wanted,
        ChangeCommand? change,
        CancellationToken cancel
    )
    {
        var time = context.Host.Time;
        var trust = new FirstTrust(options, time);
        var proofs = FederatedProof.Create(
            options,
            new IdentityClient(options, trust, time),
            folder.State.Path,
            time,
            time
        );
        var job = new RotationJob(folder, new RotationClient(options, trust, proofs, time), wanted, time);
        var result = await job.RunAsync(cancel);
        var ran = await ChangeAsync(folder, change, result, time, cancel);
        if (result.Outcome == RotationOutcome.Failed)
        {
            throw Failure(result.Failure!, folder);
        }

        if (result.Failure is { } unasked)
        {
            context.Note($"could not check whether the service requests an earlier renewal: {unasked}");
        }

        return Describe(folder, result, ran);
    }

    /// <summary>Returns whether the command ran. It stays pending across runs until it succeeds.</summary>
    private static async Task<bool> ChangeAsync(
        CertificateFolder folder,
        ChangeCommand? change,
        RotationResult result,
        TimeProvider time,
        CancellationToken cancel
    )
    {
        if (change is null || !folder.IsCommandOwed || folder.Current is null)
        {
            return false;
        }

        if (await change.RunAsync(time, cancel) is { } error)
        {
            throw new CommandFailure(
                ExitCode.Failed,
                result.Outcome is RotationOutcome.Renewed or RotationOutcome.BundleChanged
                    ? $"the files are new, but the command after the change failed: {error}"
                    : $"the command after an earlier change failed again: {error}"
            )
            {
                Where = $"--exec {change}",
                Next = "fix the command; the next run starts it again",
            };
        }

        folder.CommandIsDone();
        return true;
    }

    private static CommandResult Describe(CertificateFolder folder, RotationResult result, bool ran)
    {
        var current = result.Certificate!;
        var outcome = result.Outcome switch
        {
            RotationOutcome.Renewed => "renewed",
            RotationOutcome.BundleChanged => "bundle_changed",
            _ => "not_due",
        };
        var due = Moments.Text(result.DueAt!.Value);
        return CommandResult.Object(
            new JsonObject
            {
                ["outcome"] = outcome,
                ["serial"] = current.Serial,
                ["not_after"] = Moments.Text(current.NotAfter),
                ["due_at"] = due,
                ["bundle_epoch"] = current.BundleEpoch,
                ["directory"] = folder.Path,
                ["command_ran"] = ran,
            }
        ) with
        {
            Plain = result.Outcome switch
            {
                RotationOutcome.Renewed =>
                    $"renewed: serial {current.Serial}, until {Moments.Text(current.NotAfter)}, due again {due}",
                RotationOutcome.BundleChanged =>
                    $"new trust bundle, epoch {current.BundleEpoch}; serial {current.Serial} stays, due {due}",
                _ => $"nothing is due: serial {current.Serial}, until {Moments.Text(current.NotAfter)}, due {due}",
            },
        };
    }

    private static ChangeCommand? Parse(string? text) =>
        text is null
            ? null
            : ChangeCommand.Parse(text)
                ?? throw new CommandFailure(ExitCode.Usage, "the command is empty, or a quote is not closed")
                {
                    Where = "--exec",
                };

    // A job may not list tunnels, so names cannot be looked up.
    private static string TunnelId(string text) =>
        text.StartsWith("tnl_", StringComparison.Ordinal)
            ? text
            : throw new CommandFailure(ExitCode.Usage, $"'{text}' is not a tunnel ID")
            {
                Where = "--tunnel",
                Next = "culvert tunnel list, as an administrator, shows the id",
            };

    private static IdentityOptions Identity(CommandContext context, string rule, string tokenFile, string? account)
    {
        var settings = context.Settings;
        return new IdentityOptions
        {
            Url = settings.Url,
            CaFile = settings.CaFile ?? "",
            CaSha256 = settings.CaSha256?.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant() ?? "",
            OrganizationId =
                settings.Organization
                ?? throw new CommandFailure(ExitCode.Usage, "the organization is not known")
                {
                    Where = $"--organization and {SettingVariables.Organization} are both empty",
                    Next = "give the id of the organization whose rule it is",
                },
            RuleId = rule,
            ServiceAccountId = account ?? "",
            WorkspaceId = settings.Workspace ?? "",
            Token = new IdentityTokenOptions { File = tokenFile },
        };
    }

    private static CommandFailure Failure(ApiFailure failure, CertificateFolder folder) =>
        new(
            failure.Kind switch
            {
                ApiFailureKind.Unreachable or ApiFailureKind.Untrusted => ExitCode.Unreachable,
                ApiFailureKind.Unavailable => ExitCode.TryAgain,
                ApiFailureKind.Refused => failure.IsUndecided ? ExitCode.TryAgain : ExitCode.Refused,
                ApiFailureKind.NoProof => ExitCode.Configuration,
                _ => ExitCode.Failed,
            },
            folder.Current is { } current
                ? $"{failure.Message} The files are as they were: serial {current.Serial}, until {Moments.Text(current.NotAfter)}."
                : $"{failure.Message} No files were written."
        )
        {
            Where = failure.Operation,
            Code = failure.Code,
            RequestId = failure.RequestId,
            Next = failure.Kind switch
            {
                ApiFailureKind.NoProof => "name the file that the identity provider's token is in (--token-file)",
                ApiFailureKind.Refused when !failure.IsUndecided =>
                    "an administrator finds the reason: culvert history list --denied",
                _ => "repeat the command later; the pending request is kept",
            },
        };
}

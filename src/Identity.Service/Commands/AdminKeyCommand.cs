using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Culvert.Identity.Service.Admin;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tenants;
using Culvert.Platform.Configuration;
using Culvert.Platform.Logging;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Commands;

/// <summary>
/// <c>identity-service admin-key create|list|revoke</c>: on the host, also while the service runs. Access to its files is
/// the proof; changes are audited and sent to webhooks as over the API.
/// </summary>
internal static class AdminKeyCommand
{
    private const string StandardOutput = "-";

    private static readonly Option<string?> Organization = new("--organization")
    {
        Description = "ID or name of the organization; not needed if only one exists.",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON." };

    public static Command Create() =>
        new("admin-key", "Manages admin keys, to regain access and to add a second administrator.")
        {
            CreateKey(),
            ListKeys(),
            RevokeKey(),
        };

    private static Command CreateKey()
    {
        var name = new Argument<string>("NAME")
        {
            Description = "The administrator's name. The same name counts as the same person for two-person approval.",
        };
        name.Validators.Add(result =>
        {
            if (DisplayNames.Check(result.GetValueOrDefault<string>() ?? "") is { } invalid)
            {
                result.AddError($"NAME: {invalid}");
            }
        });
        var role = new Option<string>("--role") { Description = $"One of {AdminRole.Names}.", Required = true };
        role.AcceptOnlyFromAmong([.. AdminRole.All.Select(one => one.Name)]);
        var file = new Option<string>("--out")
        {
            Description =
                "Write the key to this file (mode 0600), which must not exist; - writes the key alone to standard output.",
            Required = true,
        };
        var life = new Option<TimeSpan>("--expires")
        {
            Description = "Lifetime, 1m to 400d (default: 90d).",
            DefaultValueFactory = _ => RequestedAdminKey.DefaultLife,
            CustomParser = result =>
            {
                var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
                if (
                    ConfigText.TryDuration(text, out var duration)
                    && duration >= RequestedAdminKey.ShortestLife
                    && duration <= RequestedAdminKey.LongestLife
                )
                {
                    return duration;
                }

                result.AddError($"--expires {text}: a duration from 1m to 400d is required.");
                return default;
            },
        };
        var issuer = new Option<string?>("--issuer")
        {
            Description = "URL of the identity provider that knows the person; with --subject.",
        };
        var subject = new Option<string?>("--subject")
        {
            Description = "The person's sub at that issuer. Key, console sign-in and token of one person count once.",
        };
        var command = new Command("create", "Make a key.")
        {
            name,
            role,
            file,
            life,
            issuer,
            subject,
            Organization,
            Json,
        };
        command.Validators.Add(result =>
        {
            if (ToOwner(result.GetValue(issuer), result.GetValue(subject)) is { Error: { } fault })
            {
                result.AddError($"--{fault}");
            }
        });
        command.SetAction(
            (parsed, cancellation) =>
                RunAsync(
                    parsed,
                    (host, organization, output) =>
                        MakeAsync(
                            host,
                            new RequestedAdminKey
                            {
                                OrganizationId = organization,
                                Name = parsed.GetRequiredValue(name),
                                Role = AdminRole.Find(parsed.GetRequiredValue(role))!,
                                Life = parsed.GetValue(life),
                                CreatedBy = null,
                                Owner = ToOwner(parsed.GetValue(issuer), parsed.GetValue(subject)),
                            },
                            parsed.GetRequiredValue(file) is var place && place == StandardOutput
                                ? null
                                : Path.GetFullPath(place),
                            parsed.GetValue(Json),
                            (output, parsed.InvocationConfiguration.Error),
                            cancellation
                        ),
                    cancellation
                )
        );
        return command;
    }

    private static Command ListKeys()
    {
        var command = new Command("list", "List the keys, newest first.") { Organization, Json };
        command.SetAction(
            (parsed, cancellation) =>
                RunAsync(
                    parsed,
                    async (host, organization, output) =>
                    {
                        var keys = await host.ListAsync(organization, cancellation);
                        await output.WriteLineAsync(
                            parsed.GetValue(Json)
                                ? JsonSerializer.Serialize(Pages.Whole(keys), AdminJson.Default.PageAdminKeyDocument)
                                : string.Join('\n', keys.Select(Line))
                        );
                        return null;
                    },
                    cancellation
                )
        );
        return command;
    }

    private static Command RevokeKey()
    {
        var id = new Argument<string>("ID") { Description = "As list prints it." };
        var reason = new Option<string?>("--reason") { Description = "In your words, for the audit." };
        var command = new Command("revoke", "Revoke a key immediately.") { id, reason, Organization, Json };
        command.SetAction(
            (parsed, cancellation) =>
                RunAsync(
                    parsed,
                    async (host, organization, output) =>
                    {
                        var wanted = parsed.GetRequiredValue(id);
                        var revoked = await host.RevokeAsync(
                            organization,
                            wanted,
                            parsed.GetValue(reason),
                            HostCommand.Actor(),
                            cancellation
                        );
                        if (!revoked.IsOk)
                        {
                            return revoked.Refusal.Message;
                        }

                        await output.WriteLineAsync(Text(revoked.Value, parsed.GetValue(Json)));
                        return null;
                    },
                    cancellation
                )
        );
        return command;
    }

    private static KeyOwner? ToOwner(string? issuer, string? subject) =>
        issuer is null && subject is null ? null : new KeyOwner(issuer ?? "", subject ?? "");

    private static async Task<string?> MakeAsync(
        HostAdminKeys host,
        RequestedAdminKey wish,
        string? file,
        bool asJson,
        (TextWriter Output, TextWriter Error) console,
        CancellationToken cancellationToken
    )
    {
        // The file first: an active key that was never written would only be a risk; a file without an active key opens
        // nothing.
        var secret = AdminKey.NewSecret();
        if (file is not null)
        {
            AdminKeyFile.WriteNew(file, secret);
        }

        var made = await TryMakeAsync(host, wish, file, secret, cancellationToken);
        if (!made.IsOk)
        {
            return made.Refusal.Message;
        }

        var key = made.Value;
        if (file is null)
        {
            await console.Output.WriteLineAsync(secret.AsMemory(), cancellationToken);
        }

        var output = file is null ? console.Error : console.Output;
        await output.WriteLineAsync(Text(key, asJson));
        if (!asJson)
        {
            await output.WriteLineAsync(
                key.Owner is { } owner ? $"It counts as the person {owner.Subject} of {owner.Issuer}."
                : key.CreatedBy is { } earlier
                    ? $"It counts as the same administrator as {earlier}, which had that name first."
                : "It counts as a separate person for two-person approval."
            );
            await output.WriteLineAsync(file is null ? "written to standard output" : $"written to {file} (0600)");
        }

        return null;
    }

    private static async Task<Result<AdminKeyDocument>> TryMakeAsync(
        HostAdminKeys host,
        RequestedAdminKey wish,
        string? file,
        string secret,
        CancellationToken cancellationToken
    )
    {
        var isMade = false;
        try
        {
            var made = await host.CreateAsync(wish, secret, HostCommand.Actor(), cancellationToken);
            isMade = made.IsOk;
            return made;
        }
        finally
        {
            if (!isMade && file is not null)
            {
                File.Delete(file);
            }
        }
    }

    private static async Task<int> RunAsync(
        ParseResult parsed,
        Func<HostAdminKeys, string, TextWriter, Task<string?>> act,
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
            using var alone = HostCommand.AcquireLock(options);
            if (alone is null)
            {
                await error.WriteLineAsync(
                    "Another command is changing this installation: retry when it has finished."
                );
                return ExitCodes.TryAgain;
            }

            using var loggers = LoggingExtensions.CreateLoggerFactory(loaded.Settings.Log);
            using var store = Store.OpenBeside(options.StoreSettings);
            var services = new ServiceCollection().AddCulvertService(options, store, TimeProvider.System);
            services.AddSingleton(loggers);
            await using var provider = services.BuildServiceProvider();
            var host = provider.GetRequiredService<HostAdminKeys>();
            var (organization, fault) = await host.FindOrganizationAsync(
                parsed.GetValue(Organization),
                cancellationToken
            );
            fault ??= await act(host, organization!.Id, output);
            if (fault is null)
            {
                return ExitCodes.Done;
            }

            await error.WriteLineAsync(fault);
            return ExitCodes.Refused;
        }
        catch (Exception e)
            when (e is StoreException or SecretUnavailableException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(e.Message.AsMemory(), CancellationToken.None);
            return ExitCodes.Failed;
        }
    }

    private static string Text(AdminKeyDocument key, bool asJson) =>
        asJson ? JsonSerializer.Serialize(key, AdminJson.Default.AdminKeyDocument) : Line(key);

    private static string Line(AdminKeyDocument key) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{key.Id}  {ConfigText.Printable(key.Name), -20}  {key.Role ?? "-", -21}  {key.Status, -7}  until {key.ExpiresAt.UtcDateTime:u}  last used {Instant(key.LastUsedAt)}  person {key.Person}"
        );

    private static string Instant(DateTime? instant) =>
        instant is { } at ? at.ToString("u", CultureInfo.InvariantCulture) : "never";
}

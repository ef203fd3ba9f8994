using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Culvert.Machine.Client.State;
using Culvert.Platform.Configuration;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Pins;

namespace Culvert.Tunnel.Agent.Commands;

/// <summary>
/// <c>tunnel-agent pins list|diff|approve</c>: lists the approved definitions of the routes' servers, shows differences,
/// and approves them. It works on the state directory; the running agent reads new approvals from there.
/// </summary>
internal static class PinsCommand
{
    private const int ShownDigits = 12;
    private const int MaxShownCharacters = 2000;

    private static readonly Argument<string?> OptionalRoute = new("ROUTE")
    {
        Description = "The route's label; all routes without it.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Argument<string> RequiredRoute = new("ROUTE") { Description = "The route's label." };

    private static readonly Argument<string?> Name = new("TOOL")
    {
        Description = "One tool, or with --kind another definition; all of the route without it.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string> Kind = new("--kind")
    {
        Description = "What TOOL names: tool, prompt, resource, template or instructions (default: tool).",
        DefaultValueFactory = _ => "tool",
    };

    private static readonly Option<string?> Digest = new("--digest")
    {
        Description = "The digest that `pins diff` printed for exactly these differences.",
    };

    /// <param name="findSigner">Returns the key that signs approvals; null: the agent's own.</param>
    public static Command Create(Func<AgentSettings, PinSigner?>? findSigner = null)
    {
        findSigner ??= FindSigner;
        Kind.AcceptOnlyFromAmong([.. PinKey.KindNames]);
        var list = new Command("list", "List approved definitions and differences.") { OptionalRoute };
        list.SetAction((parsed, _) => WithRoutesAsync(parsed, parsed.GetValue(OptionalRoute), ListAsync));
        var diff = new Command("diff", "Show how the server differs from what was approved.")
        {
            OptionalRoute,
            Name,
            Kind,
        };
        diff.SetAction((parsed, _) => WithRoutesAsync(parsed, parsed.GetValue(OptionalRoute), DiffAsync));
        var approve = new Command("approve", "Approve what `pins diff` shows.") { RequiredRoute, Name, Kind, Digest };
        approve.SetAction(
            (parsed, cancel) =>
                WithRoutesAsync(
                    parsed,
                    parsed.GetRequiredValue(RequiredRoute),
                    (p, r) => ApproveAsync(p, r, findSigner, cancel)
                )
        );
        return new Command("pins", "What was approved of the servers behind the routes.") { list, diff, approve };
    }

    private static async Task<int> ListAsync(ParseResult parsed, IReadOnlyList<PinnedRoute> routes)
    {
        var output = parsed.InvocationConfiguration.Output;
        foreach (var route in routes)
        {
            await output.WriteLineAsync(Describe(route));
            foreach (var pin in route.Pinned?.Pins ?? [])
            {
                var drift = route.Find(pin);
                await output.WriteLineAsync(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"  {pin.Kind} {Visible(pin.Name)}  {pin.Digest[..ShownDigits]}  {drift?.Classes ?? "pinned"}  {pin.By} {pin.At:u}"
                    )
                );
            }

            foreach (var drift in route.Observed.Drifts.Where(d => !route.IsPinned(d)))
            {
                await output.WriteLineAsync(
                    $"  {drift.Kind} {Visible(drift.Name)}  {Short(drift.Digest)}  {drift.Classes}  not approved"
                );
            }
        }

        return ExitCodes.Done;
    }

    private static async Task<int> DiffAsync(ParseResult parsed, IReadOnlyList<PinnedRoute> routes)
    {
        var output = parsed.InvocationConfiguration.Output;
        var any = false;
        foreach (var route in routes)
        {
            var chosen = Select(parsed, route);
            any |= chosen.Count > 0;
            await output.WriteLineAsync(Describe(route));
            foreach (var drift in chosen)
            {
                await WriteDriftAsync(output, route, drift);
            }

            if (chosen.Any(d => !d.Ambiguous))
            {
                await output.WriteLineAsync($"To approve: {FormatApproval(parsed, route, chosen)}");
            }
        }

        return any ? ExitCodes.CheckFailed : ExitCodes.Done;
    }

    private static async Task<int> ApproveAsync(
        ParseResult parsed,
        IReadOnlyList<PinnedRoute> routes,
        Func<AgentSettings, PinSigner?> findSigner,
        CancellationToken cancellationToken
    )
    {
        var error = parsed.InvocationConfiguration.Error;
        var route = routes[0];
        using var held = await route.Files.LockAsync(TimeProvider.System, cancellationToken);
        route = route.Reread(); // another process may have changed it before the lock
        var chosen = Select(parsed, route);
        if (!chosen.Any(d => !d.Ambiguous))
        {
            await error.WriteLineAsync(
                chosen.Count == 0
                    ? "Nothing differs from what was approved."
                    : "The server shows two definitions of one name; this cannot be approved."
            );
            return ExitCodes.CheckFailed;
        }

        // The operator approves what diff printed, even if the server shows something else by now.
        if (parsed.GetValue(Digest) is not { } digest || digest != GetDigest(chosen))
        {
            await error.WriteLineAsync(
                parsed.GetValue(Digest) is null
                    ? $"--digest is missing: run tunnel-agent pins diff {route.Name}, which prints it."
                    : $"The differences are not those of this digest: run tunnel-agent pins diff {route.Name} again."
            );
            return ExitCodes.CheckFailed;
        }

        if (findSigner(route.Settings) is not { } signer)
        {
            await error.WriteLineAsync("The agent has no platform certificate to sign with: start it first.");
            return ExitCodes.TryAgain;
        }

        var approval = new PinApproval(route.Files, route.Name, signer, GetUser(), TimeProvider.System.GetUtcNow());
        if (approval.Apply(route.Pinned, [.. chosen.Select(ToDrift)]) is not { } next)
        {
            await error.WriteLineAsync("The agent's platform certificate has no P-256 key, so that it cannot sign.");
            return ExitCodes.Failed;
        }

        await parsed.InvocationConfiguration.Output.WriteLineAsync(
            $"Approved {chosen.Count(d => !d.Ambiguous)} differences of {route.Name}; {next.Pins.Count} definitions are pinned. "
                + "A running agent applies this within seconds."
        );
        return ExitCodes.Done;
    }

    private static async Task WriteDriftAsync(TextWriter output, PinnedRoute route, StoredPin drift)
    {
        var like = drift.LooksLike.Length > 0 ? $" (looks like {Visible(drift.LooksLike)})" : "";
        var before = route.FindPinned(drift);
        await output.WriteLineAsync($"{drift.Kind} {Visible(drift.Name)}: {drift.Classes}{like}");
        await output.WriteLineAsync($"  {Short(before?.Digest ?? "")} -> {Short(drift.Digest)}");
        if (drift.Ambiguous)
        {
            await output.WriteLineAsync(
                "  The server shows two definitions of this name, or one that can be read in two ways."
            );
        }

        var observed = drift.ToDefinition();
        foreach (var change in DefinitionComparison.Describe(before, observed))
        {
            await WriteSideAsync(output, '-', change.Member, change.Before);
            await WriteSideAsync(output, '+', change.Member, change.After);
        }

        if (observed is { Key.Kind: PinKind.Tool } && PinnedSchema.Read(observed).Problem is { Length: > 0 } problem)
        {
            await output.WriteLineAsync(
                $"  Its calls will be denied unless pins.arguments is ignore: the input schema cannot be checked. {Visible(problem)}"
            );
        }

        if (observed is not null && TextScanner.Scan(observed) is { Count: > 0 } signals)
        {
            await output.WriteLineAsync($"  Look closely: it contains {string.Join(", ", signals)}.");
        }
    }

    private static async Task WriteSideAsync(TextWriter output, char sign, string member, string? json)
    {
        if (json is not null)
        {
            var text = json.Length > MaxShownCharacters ? json[..MaxShownCharacters] + "…" : json;
            await output.WriteLineAsync($"  {sign} {(member.Length > 0 ? Visible(member) + ": " : "")}{Visible(text)}");
        }
    }

    // A server chose the text: characters that a terminal acts on, or does not show, are written as escapes.
    private static string Visible(string text)
    {
        var visible = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            var isShown =
                CharUnicodeInfo.GetUnicodeCategory(character)
                is not (
                    UnicodeCategory.Control
                    or UnicodeCategory.Format
                    or UnicodeCategory.Surrogate
                    or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator
                    or UnicodeCategory.PrivateUse
                );
            if (isShown)
            {
                visible.Append(character);
            }
            else
            {
                visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            }
        }

        return visible.ToString();
    }

    private static string Describe(PinnedRoute route)
    {
        var verified = route.Observed.VerifiedAt is { } at
            ? string.Create(CultureInfo.InvariantCulture, $"read {at:u}, set {Short(route.Observed.SetDigest)}")
            : "never read";
        var problem = route.Observed.Problem.Length > 0 ? $"; reading failed: {Visible(route.Observed.Problem)}" : "";
        return $"{route.Name}: {route.Pinned?.Pins.Count ?? 0} approved, {route.Observed.Drifts.Count} differ, {verified}{problem}";
    }

    private static List<StoredPin> Select(ParseResult parsed, PinnedRoute route)
    {
        var kind = parsed.GetValue(Kind);
        return parsed.GetValue(Name) is { } name
            ? [.. route.Observed.Drifts.Where(d => d.Kind == kind && d.Name == name)]
            :
            [
                .. route.Observed.Drifts.Where(d =>
                    parsed.GetResult(Kind) is not { Implicit: false } || d.Kind == kind
                ),
            ];
    }

    private static string FormatApproval(ParseResult parsed, PinnedRoute route, List<StoredPin> chosen)
    {
        var kind = parsed.GetResult(Kind) is { Implicit: false } ? $" --kind {parsed.GetValue(Kind)}" : "";
        var name = parsed.GetValue(Name) is { } one ? $" '{one.Replace("'", "'\\''", StringComparison.Ordinal)}'" : "";
        return $"tunnel-agent pins approve {route.Name}{name}{kind} --digest {GetDigest(chosen)}";
    }

    // Not shortened: a server could find two sets of definitions with the same short digest.
    private static string GetDigest(List<StoredPin> chosen)
    {
        var text = string.Concat(chosen.Select(d => $"{d.Kind}\n{d.Name.Length}\n{d.Name}{d.Digest}\n{d.Ambiguous}\n"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private static Drift ToDrift(StoredPin stored) =>
        new(stored.Key, DriftClasses.Parse(stored.Classes), stored.ToDefinition(), stored.At)
        {
            IsAmbiguous = stored.Ambiguous,
        };

    private static PinSigner? FindSigner(AgentSettings settings) =>
        AgentState.Read(settings.Identity, settings.Tunnel.Id, settings.StateDirectory)
            is { Platform: { } certificate, Id.Name: { } node }
            ? new PinSigner(certificate, node)
            : null;

    // Under sudo, the person as well as the account.
    private static string GetUser() =>
        Environment.GetEnvironmentVariable("SUDO_USER") is { Length: > 0 } person
            ? $"{person} as {Environment.UserName}"
            : Environment.UserName;

    private static string Short(string digest) => digest.Length > ShownDigits ? digest[..ShownDigits] : "none";

    private static async Task<int> WithRoutesAsync(
        ParseResult parsed,
        string? wanted,
        Func<ParseResult, IReadOnlyList<PinnedRoute>, Task<int>> run
    )
    {
        var error = parsed.InvocationConfiguration.Error;
        var loaded = ConfigCommand.Load(parsed, ConfigLocation.Agent, AgentConfiguration.Read);
        if (!loaded.IsValid)
        {
            return ProgramHost.Report(loaded.Errors, error);
        }

        var settings = loaded.Settings;
        var routes = settings.Routes.Where(r => r.Pins.Mode != PinMode.Off).Select(r => r.Name).ToList();
        if (wanted is not null && !routes.Contains(wanted, StringComparer.Ordinal))
        {
            var near = ConfigText.Nearest(wanted, routes);
            await error.WriteLineAsync(
                near is null
                    ? $"The route {wanted} has no pins."
                    : $"The route {wanted} has no pins; did you mean {near}?"
            );
            return ExitCodes.Usage;
        }

        using var state = StateDirectory.OpenReadOnly(settings.StateDirectory);
        try
        {
            return await run(
                parsed,
                [.. routes.Where(r => wanted is null || r == wanted).Select(r => PinnedRoute.Read(settings, state, r))]
            );
        }
        catch (PinFilesException e)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCodes.Failed;
        }
    }
}

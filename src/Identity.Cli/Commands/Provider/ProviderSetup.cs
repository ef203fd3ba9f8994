using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Output;
using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.Providers;

namespace Culvert.Identity.Cli.Commands.Provider;

/// <summary>
/// Configures a provider's tunnel step by step. It skips what is already as requested, so that a second run, or one after an
/// interruption, makes only the missing steps.
/// </summary>
internal sealed class ProviderSetup(ProviderClient provider, ProviderSetupOptions options, TimeProvider time)
{
    /// <summary>The provider's limit of CA certificates per tunnel.</summary>
    public const int Slots = 2;

    private readonly List<string> actions = [];

    /// <summary>What was done, or would be; empty = nothing was missing.</summary>
    public IReadOnlyList<string> Actions => actions;

    /// <summary>The tunnel; null in a dry run that would create it.</summary>
    public async Task<ProviderTunnel?> RunAsync(CancellationToken cancel)
    {
        var tunnel = await EnsureTunnelAsync(cancel);
        var registered = tunnel is null ? [] : await ListAsync(tunnel, cancel);
        await EnsureAuthoritiesAsync(tunnel, [.. registered], cancel);
        if (options.TokenFile is { } file)
        {
            await EnsureTokenAsync(tunnel, file, cancel);
        }

        return tunnel;
    }

    private async Task<ProviderTunnel?> EnsureTunnelAsync(CancellationToken cancel)
    {
        if (options.TunnelId is { } id)
        {
            return Check(Get(await provider.FindTunnelAsync(id, cancel)));
        }

        // A create whose answer was lost is found by its name, so that a repeat creates no second tunnel.
        var all = Get(await provider.ListTunnelsAsync(cancel));
        var named = all.Where(t => t.DisplayName == options.Name && t.ArchivedAt is null).ToList();
        if (named.Count > 1)
        {
            throw new CommandFailure(ExitCode.Refused, $"{named.Count} tunnels have the name {options.Name}")
            {
                Where = string.Join(", ", named.Select(t => $"{t.Id} ({t.Domain})")),
                Next = "name the tunnel's id (--tunnel-id)",
            };
        }

        if (named is [var found])
        {
            return Check(found);
        }

        actions.Add($"create the tunnel {options.Name}");
        return options.IsDryRun ? null : Check(Get(await provider.CreateTunnelAsync(options.Name, cancel)));
    }

    private static ProviderTunnel Check(ProviderTunnel tunnel)
    {
        if (tunnel.ArchivedAt is not null)
        {
            throw new CommandFailure(ExitCode.Refused, $"the tunnel {tunnel.Id} is archived, which cannot be undone")
            {
                Where = "--tunnel-id",
                Next = "create another one with --name",
            };
        }

        // The domain becomes part of a file and of a hostname.
        return Uri.CheckHostName(tunnel.Domain) == UriHostNameType.Dns && tunnel.Domain.Contains('.')
            ? tunnel
            : throw new CommandFailure(ExitCode.Failed, "the provider's tunnel has no domain that can be used")
            {
                Where = $"tunnel {CellText.Safe(tunnel.Id)}",
                Next = "check that --api-url is the provider's management API",
            };
    }

    private async Task<IReadOnlyList<ProviderCertificate>> ListAsync(ProviderTunnel tunnel, CancellationToken cancel) =>
        [.. Get(await provider.ListCertificatesAsync(tunnel.Id, cancel)).Where(c => c.ArchivedAt is null)];

    // The new certificate is registered before the old one is removed, if there is room for both.
    private async Task EnsureAuthoritiesAsync(
        ProviderTunnel? tunnel,
        List<ProviderCertificate> registered,
        CancellationToken cancel
    )
    {
        var others = registered
            .Where(c => options.Authorities.All(a => a.Fingerprint != c.Fingerprint))
            .OrderBy(c => c.ExpiresAt ?? DateTimeOffset.MaxValue)
            .ToList();
        foreach (var authority in options.Authorities.Where(a => !a.IsKept))
        {
            if (registered.Any(c => c.Fingerprint == authority.Fingerprint))
            {
                continue;
            }

            if (registered.Count >= Slots)
            {
                var old = others.FirstOrDefault(c => options.ArchiveOthers || c.ExpiresAt < time.GetUtcNow());
                await ArchiveAsync(tunnel, old ?? throw Full(registered), cancel);
                others.Remove(old);
                registered.Remove(old);
            }

            actions.Add($"register the CA {authority.Fingerprint}, which expires {Describe(authority.NotAfter)}");
            registered.Add(
                options.IsDryRun || tunnel is null
                    ? new ProviderCertificate(Id: "", Fingerprint: authority.Fingerprint)
                    : Get(await provider.AddCertificateAsync(tunnel.Id, authority.Pem, cancel))
            );
        }

        foreach (var other in options.ArchiveOthers ? others : [])
        {
            await ArchiveAsync(tunnel, other, cancel);
        }
    }

    private async Task ArchiveAsync(ProviderTunnel? tunnel, ProviderCertificate certificate, CancellationToken cancel)
    {
        actions.Add($"archive the CA {CellText.Safe(certificate.Fingerprint)} ({CellText.Safe(certificate.Id)})");
        if (!options.IsDryRun)
        {
            Get(await provider.ArchiveCertificateAsync(tunnel!.Id, certificate.Id, cancel));
        }
    }

    private async Task EnsureTokenAsync(ProviderTunnel? tunnel, string file, CancellationToken cancel)
    {
        // A dry run does not reveal the token, because the provider records each reveal.
        if (tunnel is null || options.IsDryRun)
        {
            if (!File.Exists(file))
            {
                actions.Add($"write the connector's token to {file}");
            }

            return;
        }

        var token = Get(await provider.RevealTokenAsync(tunnel.Id, cancel)).Token;
        if (!File.Exists(file) || InFile.ReadText(file).Trim() != token)
        {
            OutFile.WriteSecret(file, token);
            actions.Add($"write the connector's token to {file}");
        }
    }

    private static CommandFailure Full(List<ProviderCertificate> registered) =>
        new(ExitCode.Refused, $"the tunnel has {Slots} CAs already, which is the most, and neither has expired")
        {
            Where = string.Join(
                ", ",
                registered.Select(c => $"{CellText.Safe(c.Fingerprint)} until {Describe(c.ExpiresAt)}")
            ),
            Next =
                "confirm that no agent shows a certificate of the older one, then repeat the command with --archive-others",
        };

    private static string Describe(DateTimeOffset? instant) =>
        instant is { } known ? Moments.Text(known) : "an unknown time";

    private static T Get<T>(ApiResult<T> result)
        where T : class => result.IsSuccess ? result.Value : throw ProviderFailures.From(result.Failure);
}

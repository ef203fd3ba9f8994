using Culvert.Ca.Keys.Pkcs12;
using Culvert.Identity.Service.Approvals;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>A command is several moves of <see cref="AuthorityLifecycle"/>; a repeat continues an interrupted one.</summary>
internal sealed class AuthorityCommands(
    AuthorityLifecycle lifecycle,
    AuthorityPreparation preparation,
    PersonIdentification persons,
    Current<CertificateOptions> options,
    TimeProvider time
)
{
    public async ValueTask<Result<TunnelAuthority>> CreateAsync(
        OperationContext context,
        Tunnel tunnel,
        string name,
        AuthorityCustody custody,
        string? keyLabel,
        CancellationToken cancellationToken
    )
    {
        var move = await AuthorityMove.ByCallerAsync(context, persons, reason: null, cancellationToken);
        var draft = await preparation.DraftAsync(
            move,
            tunnel,
            CertificateAuthorityId.New(),
            name,
            custody,
            keyLabel,
            cancellationToken
        );
        return draft.Value is { HoldsKey: true } authority
            ? await preparation.PrepareAsync(move, authority, cancellationToken)
            : draft;
    }

    /// <summary>Imports the only key of a PKCS#12 file.</summary>
    public async ValueTask<Result<TunnelAuthority>> ImportAsync(
        OperationContext context,
        TunnelAuthority authority,
        byte[] file,
        string password,
        CancellationToken cancellationToken
    )
    {
        if (!options.Value.DangerousAllowKeyImport)
        {
            return AuthorityErrors.ImportOff.Refuse();
        }

        if (authority is not { Custody: AuthorityCustody.Imported, State: AuthorityState.Draft })
        {
            return AuthorityErrors.InvalidState(authority);
        }

        var read = Pkcs12Import.Read(file, password);
        if (!read.Succeeded)
        {
            return read.Refusal.ToRefusal();
        }

        using var key = read.Value;
        var move = await AuthorityMove.ByCallerAsync(context, persons, reason: null, cancellationToken);
        var made = await preparation.AcceptKeyAsync(move, authority, key, cancellationToken);
        return made.Value is { } ready ? await preparation.PrepareAsync(move, ready, cancellationToken) : made;
    }

    public async ValueTask<Result<TunnelAuthority>> PrepareAsync(
        OperationContext context,
        TunnelAuthority authority,
        CancellationToken cancellationToken
    ) =>
        authority.HoldsKey
            ? await preparation.PrepareAsync(
                await AuthorityMove.ByCallerAsync(context, persons, reason: null, cancellationToken),
                authority,
                cancellationToken
            )
            : AuthorityErrors.InvalidState(authority);

    /// <summary>Records which administrator accepts what; the command itself must follow.</summary>
    public async ValueTask<Result<TunnelAuthority>> OverrideAsync(
        OperationContext context,
        TunnelAuthority authority,
        OverrideAuthorityRequest wanted,
        CancellationToken cancellationToken
    )
    {
        if (authority.State is not (AuthorityState.Staged or AuthorityState.Active or AuthorityState.Suspended))
        {
            return AuthorityErrors.InvalidState(authority);
        }

        if (PersonIdentification.CheckIsPerson(context.Caller) is { } workload)
        {
            return workload;
        }

        var move = await AuthorityMove.ByCallerAsync(context, persons, wanted.Reason.Trim(), cancellationToken);
        return await lifecycle.RecordAsync(
            AuditEvents.AuthorityOverridden,
            authority with
            {
                Override = new AuthorityOverride(
                    [.. wanted.Missing.Distinct(StringComparer.Ordinal)],
                    wanted.Reason.Trim(),
                    context.Caller.ActorId,
                    move.Person!,
                    time.GetStoreNow()
                ),
            },
            move,
            cancellationToken
        );
    }

    public async ValueTask<Result<TunnelAuthority>> RunAsync(
        OperationContext context,
        TunnelAuthority authority,
        AuthorityCommand command,
        AuthorityCommandRequest wanted,
        CancellationToken cancellationToken
    )
    {
        if (AuthorityTransitions.IsDone(authority.State, command))
        {
            return authority;
        }

        if (wanted.ExpectedState is { } state && WireNames.Parse<AuthorityState>(state) != authority.State)
        {
            return AuthorityErrors.InvalidState(authority, $"It was expected to be {state}.");
        }

        if (AuthorityTransitions.Find(authority.State, command) is not { } transition)
        {
            return AuthorityErrors.InvalidState(authority);
        }

        return await lifecycle.MoveAsync(
            authority,
            transition.To ?? authority.StateBefore!.Value,
            await AuthorityMove.ByCallerAsync(context, persons, wanted.Reason, cancellationToken),
            cancellationToken
        );
    }
}

using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Init;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Admin;

/// <summary>The first step of init: the organization, its default workspace and the installation's first key (S1).</summary>
internal sealed class FirstTenant(
    IJournal journal,
    TenantStore tenants,
    AdminKeyStore keys,
    ServiceIdentity identity,
    TimeProvider time
) : IInitStep
{
    public static readonly TimeSpan KeyLife = TimeSpan.FromDays(30);

    public const string KeyName = "init";

    public async Task RunAsync(InitContext context, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (organization, workspace) = Organization.New(context.OrganizationName, now);
        await CommitAsync(
            new Decision
            {
                Event = TenantEvents.Initialized(AuditOrigin.System(now), organization, workspace, identity.PublicUrl),
                Statements = tenants.Insert(organization, workspace),
            },
            cancellationToken
        );
        context.Organization = organization;
        context.DefaultWorkspace = workspace;
        await MakeKeyAsync(context, organization, now, cancellationToken);
    }

    private async Task MakeKeyAsync(
        InitContext context,
        Organization organization,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var secret = context.ReadAdminKey?.Invoke() ?? AdminKey.NewSecret();
        var key = new AdminKey
        {
            Id = AdminKeyId.New(),
            OrganizationId = organization.Id,
            Name = KeyName,
            Scopes = AdminRole.InstallationOperator.Scopes,
            Role = RoleName.InstallationOperator,
            CreatedAt = now,
            ExpiresAt = now + KeyLife,
        };
        await CommitAsync(
            new Decision
            {
                Event = AdminKeyEvents.Created(AuditOrigin.System(now), key) with { Resources = [] },
                Statements = [keys.Insert(key, Credentials.Hash(secret))],
            },
            cancellationToken
        );
        var place = "as you gave it (";
        if (context.ReadAdminKey is null)
        {
            AdminKeyFile.WriteNew(context.AdminKeyFile, secret);
            place = $"{context.AdminKeyFile} (0600, ";
        }

        context.Messages.Add($"organization   {organization.Id}");
        context.Messages.Add($"workspace      {context.DefaultWorkspace!.Id}");
        context.Messages.Add($"admin key      {place}until {key.ExpiresAt:yyyy-MM-dd})");
    }

    private async Task CommitAsync(Decision decision, CancellationToken cancellationToken)
    {
        var result = await journal.CommitAsync(decision, cancellationToken);
        if (result.RefusalUnlessCommitted() is { } refusal)
        {
            throw new StoreException(refusal.Message);
        }
    }
}

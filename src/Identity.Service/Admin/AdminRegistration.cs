using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Init;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Admin;

internal static class AdminRegistration
{
    public static IServiceCollection AddAdmin(this IServiceCollection services) =>
        services
            .AddSingleton<AdminKeyStore>()
            .AddSingleton<TenantStore>()
            .AddSingleton<OrganizationEndpoints>()
            .AddSingleton<WorkspaceEndpoints>()
            .AddSingleton<AdminKeys>()
            .AddSingleton<AdminKeyEndpoints>()
            .AddSingleton<HostAdminKeys>()
            .AddSingleton<AdminKeyUses>()
            .AddSingleton<RecurringJob>(provider => provider.GetRequiredService<AdminKeyUses>())
            .AddSingleton<IInitStep, FirstTenant>();

    public static void MapAdmin(this ApiHost host)
    {
        var organizations = host.Services.GetRequiredService<OrganizationEndpoints>();
        var operate = Access.Scope(Scopes.InstallationOperate);
        host.Post("/v1/organizations", operate, organizations.CreateAsync);
        host.Get("/v1/organizations", Access.Scope(Scopes.ManageTunnels), organizations.ListAsync);
        host.Get("/v1/organizations/current", Access.Scope(Scopes.ManageTunnels), organizations.CurrentAsync);
        host.Post("/v1/organizations/{organization}/archive", operate, organizations.ArchiveAsync);
        host.Get("/v1/organizations/workspaces", Access.Scope(Scopes.ManageTunnels), organizations.WorkspacesAsync);
        var workspaces = host.Services.GetRequiredService<WorkspaceEndpoints>();
        host.Post("/v1/organizations/workspaces", Access.Scope(Scopes.OrganizationAdmin), workspaces.CreateAsync);
        host.Get("/v1/organizations/workspaces/{workspace}", Access.Scope(Scopes.ManageTunnels), workspaces.GetAsync);

        var keys = host.Services.GetRequiredService<AdminKeyEndpoints>();
        var administer = Access.Scope(Scopes.OrganizationAdmin);
        host.Post("/v1/admin_keys", administer, keys.CreateAsync);
        host.Get("/v1/admin_keys", administer, keys.ListAsync);
        host.Get("/v1/admin_keys/{admin_key_id}", administer, keys.GetAsync);
        host.Post("/v1/admin_keys/{admin_key_id}/revoke", administer, keys.RevokeAsync);
    }
}

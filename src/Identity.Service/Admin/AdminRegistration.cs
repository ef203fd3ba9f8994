using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Init;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.People;
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
            .AddSingleton<IOffBoardingEffect, AdminKeyOffBoarding>()
            .AddSingleton<AdminKeyEndpoints>()
            .AddSingleton<HostAdminKeys>()
            .AddSingleton<AdminKeyUses>()
            .AddSingleton<RecurringJob>(provider => provider.GetRequiredService<AdminKeyUses>())
            .AddSingleton<IInitStep, FirstTenant>();

    public static void MapAdmin(this ApiHost host)
    {
        var organizations = host.Services.GetRequiredService<OrganizationEndpoints>();
        host.Map(AdminOperations.CreateOrganization, organizations.CreateAsync);
        host.Map(AdminOperations.ListOrganizations, organizations.ListAsync);
        host.Map(AdminOperations.GetCurrentOrganization, organizations.CurrentAsync);
        host.Map(AdminOperations.ArchiveOrganization, organizations.ArchiveAsync);
        host.Map(AdminOperations.ListWorkspaces, organizations.WorkspacesAsync);
        var workspaces = host.Services.GetRequiredService<WorkspaceEndpoints>();
        host.Map(AdminOperations.CreateWorkspace, workspaces.CreateAsync);
        host.Map(AdminOperations.GetWorkspace, workspaces.GetAsync);

        var keys = host.Services.GetRequiredService<AdminKeyEndpoints>();
        host.Map(AdminOperations.CreateKey, keys.CreateAsync);
        host.Map(AdminOperations.ListKeys, keys.ListAsync);
        host.Map(AdminOperations.GetKey, keys.GetAsync);
        host.Map(AdminOperations.RevokeKey, keys.RevokeAsync);
    }
}

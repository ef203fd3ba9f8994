using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Scim;

internal static class ScimRegistration
{
    public static IServiceCollection AddScim(this IServiceCollection services) =>
        services
            .AddSingleton<ScimDirectoryStore>()
            .AddSingleton<ScimResourceStore>()
            .AddSingleton<ScimSearch>()
            .AddSingleton<ScimChanges>()
            .AddSingleton<ScimDiscovery>()
            .AddSingleton<ScimSettingsEndpoints>();

    public static void MapScim(this ApiHost host)
    {
        var settings = host.Services.GetRequiredService<ScimSettingsEndpoints>();
        host.Map(ScimOperations.GetSettings, settings.GetAsync);
        host.Map(ScimOperations.UpdateSettings, settings.UpdateAsync);

        var users = ActivatorUtilities.CreateInstance<ScimEndpoints>(host.Services, ScimResourceType.User);
        host.Map(ScimOperations.CreateUser, users.CreateAsync);
        host.Map(ScimOperations.ListUsers, users.ListAsync);
        host.Map(ScimOperations.GetUser, users.GetAsync);
        host.Map(ScimOperations.ReplaceUser, users.ReplaceAsync);
        host.Map(ScimOperations.PatchUser, users.PatchAsync);
        host.Map(ScimOperations.DeleteUser, users.DeleteAsync);

        var groups = ActivatorUtilities.CreateInstance<ScimEndpoints>(host.Services, ScimResourceType.Group);
        host.Map(ScimOperations.CreateGroup, groups.CreateAsync);
        host.Map(ScimOperations.ListGroups, groups.ListAsync);
        host.Map(ScimOperations.GetGroup, groups.GetAsync);
        host.Map(ScimOperations.ReplaceGroup, groups.ReplaceAsync);
        host.Map(ScimOperations.PatchGroup, groups.PatchAsync);
        host.Map(ScimOperations.DeleteGroup, groups.DeleteAsync);

        var discovery = host.Services.GetRequiredService<ScimDiscovery>();
        host.Map(ScimOperations.GetConfiguration, discovery.GetConfigurationAsync);
        host.Map(ScimOperations.ListResourceTypes, discovery.ListResourceTypesAsync);
        host.Map(ScimOperations.GetResourceType, discovery.GetResourceTypeAsync);
        host.Map(ScimOperations.ListSchemas, discovery.ListSchemasAsync);
        host.Map(ScimOperations.GetSchema, discovery.GetSchemaAsync);
    }
}

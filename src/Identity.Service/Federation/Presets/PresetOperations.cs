using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Federation.Presets;

internal static class PresetOperations
{
    private const string Presets = "/v1/organizations/federation_presets";

    public static readonly Operation List = Operation
        .Get("list_federation_presets", Presets, Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe("List federation presets", "What the service knows about the tokens of common platforms.")
        .Returns<Page<Preset>>();

    public static readonly Operation Get = Operation
        .Get("get_federation_preset", $"{Presets}/{{name}}", Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe(
            "Get a federation preset",
            "What the service knows about the tokens of one platform: subjects, claims, cautions and samples."
        )
        .Returns<Preset>();
}

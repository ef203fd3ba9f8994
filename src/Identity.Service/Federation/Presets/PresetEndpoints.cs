using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Federation.Presets;

/// <summary><c>/v1/organizations/federation_presets</c>: read only, the same for all callers.</summary>
internal static class PresetEndpoints
{
    public static ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken) =>
        new(ApiAnswer.Json(Pages.Whole(PresetCatalogue.All), PresetJson.Default.PagePreset));

    public static ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken) =>
        new(
            PresetCatalogue.Find(request.Route("name")) is { } preset
                ? ApiAnswer.Json(preset, PresetJson.Default.Preset)
                : RequestErrors.NotFound.Refuse()
        );
}

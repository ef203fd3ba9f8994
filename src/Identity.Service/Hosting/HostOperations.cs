using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Hosting;

internal static class HostOperations
{
    public static readonly Operation CheckHealth = Operation
        .Get("check_health", "/healthz", Access.Anonymous)
        .Describe(
            "Check that the process runs",
            "Responds while the process serves requests. The health port reports whether the service can do its work."
        )
        .Returns<HealthDocument>();
}

using Culvert.Identity.Service.Http;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

internal static class PlatformCaOperations
{
    public static readonly Operation Get = Operation
        .Get("get_platform_ca", "/v1/platform_ca", Access.Anonymous)
        .Describe(
            "Get the root of the platform CA",
            "The root certificate that machines compare with their pin (`identity.ca_sha256`) before they trust the "
                + "service."
        )
        .Returns<PlatformCaDocument>();

    public static readonly Operation ListRoots = Operation
        .Get("list_platform_roots", "/v1/platform_ca/roots", Access.InstallationOperate)
        .Describe(
            "Show the roots of the platform CA",
            "The roots in use, which machines have not acknowledged the newest bundle, and the next step of a root "
                + "swap."
        )
        .Returns<PlatformRootsDocument>();

    public static readonly Operation PrepareRoot = Operation
        .Post("prepare_platform_root", "/v1/platform_ca/roots", Access.InstallationOperate)
        .Describe(
            "Prepare a root",
            "Creates the next root of the platform CA and publishes it in the platform bundle. It signs nothing until "
                + "it is activated."
        )
        .MayTake<ReasonRequest>()
        .Returns<PlatformRootsDocument>();

    public static readonly Operation ActivateRoot = Operation
        .Post("activate_platform_root", "/v1/platform_ca/roots/{root_id}/activate", Access.InstallationOperate)
        .Describe(
            "Activate a root",
            "Makes the root sign from now on. The service refuses this while live machines have not acknowledged it, "
                + "unless the request names them as missing and gives a reason."
        )
        .MayTake<ActivateRootRequest>()
        .Returns<PlatformRootsDocument>();

    public static readonly Operation RollBackRoot = Operation
        .Post("roll_back_platform_root", "/v1/platform_ca/roots/{root_id}/rollback", Access.InstallationOperate)
        .Describe(
            "Roll a root back",
            "Returns to the previous root. Possible as long as the previous root has not been retired."
        )
        .MayTake<ReasonRequest>()
        .Returns<PlatformRootsDocument>();
}

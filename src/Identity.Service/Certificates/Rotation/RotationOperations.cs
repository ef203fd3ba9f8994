using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Certificates.Rotation;

internal static class RotationOperations
{
    public static readonly Operation Get = Operation
        .Get("get_rotation", $"{AuthorityOperations.Authority}/rotation", Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe(
            "Show the rotation of a certificate authority",
            "The state of the rotation, which parties are missing and since when, and the next step."
        )
        .Returns<RotationDocument>();

    public static readonly Operation RollBack = Operation
        .Post(
            "roll_back_rotation",
            $"{AuthorityOperations.Authority}/rollback",
            Access.OrganizationAdmin,
            RoleSet.Administering
        )
        .Describe("Roll a rotation back", "Returns to the previous authority of the tunnel.")
        .MayTake<RotationRequest>()
        .Returns<RotationDocument>();

    public static readonly Operation Withdraw = Operation
        .Post(
            "withdraw_successor",
            $"{AuthorityOperations.Authority}/withdraw",
            Access.OrganizationAdmin,
            RoleSet.Administering
        )
        .Describe("Withdraw the successor", "Removes the successor from the trust bundle before it is activated.")
        .MayTake<RotationRequest>()
        .Returns<RotationDocument>();
}

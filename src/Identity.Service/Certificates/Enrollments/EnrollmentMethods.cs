using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>The spelling of methods in the store and on the wire.</summary>
internal static class EnrollmentMethods
{
    public static string NameOf(EnrollmentMethod method) =>
        method == EnrollmentMethod.Federation ? "federation" : "tunnel_token";

    public static EnrollmentMethod Parse(string name) =>
        name switch
        {
            "federation" => EnrollmentMethod.Federation,
            "tunnel_token" => EnrollmentMethod.TunnelToken,
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };
}

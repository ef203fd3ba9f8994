using System.CommandLine;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Doctor;
using Culvert.Platform.Configuration;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Commands;

/// <summary>
/// <c>identity-service doctor</c>: reports this node's problems, causes and remedies. It writes nothing and may run next to
/// the service.
/// </summary>
internal static class DoctorCommand
{
    public static Command Create() =>
        DoctorCommandLine.Create(
            "Check keys, database, clock, HSM, authorities, lists and issuers of this node.",
            ConfigLocation.Service,
            ServiceConfiguration.Read,
            new RunningCheck("service_running", "identity-service", "culvert-identity-service"),
            settings => settings.Health,
            RunCommand.Identify,
            ServiceChecks.Ids,
            async (settings, _, cancellationToken) =>
                [
                    .. ServiceChecks.Run(
                        await ServiceFacts.GatherAsync(settings.Options, TimeProvider.System, cancellationToken)
                    ),
                ]
        );
}

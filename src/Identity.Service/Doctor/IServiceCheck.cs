using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Doctor;

/// <summary>One question about this node. It looks at what was gathered and asks nobody.</summary>
internal interface IServiceCheck
{
    /// <summary>Stable, <c>snake_case</c>.</summary>
    string Id { get; }

    DoctorFinding Run(ServiceFacts facts);
}

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>What recording an enrolment may run into.</summary>
internal enum EnrollmentConflict
{
    /// <summary>Another enrolment of the same instance came first.</summary>
    InstanceTaken,

    /// <summary>The tunnel has its full number of live instances.</summary>
    InstanceLimit,

    /// <summary>The enrolment was revoked meanwhile.</summary>
    Revoked,

    /// <summary>The rule that it rests on ended meanwhile, or names the machine no more.</summary>
    Ended,
}

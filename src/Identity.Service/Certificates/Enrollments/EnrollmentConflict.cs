namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>Conflicts when an enrolment is recorded.</summary>
internal enum EnrollmentConflict
{
    /// <summary>Another enrolment of the same instance was first.</summary>
    InstanceTaken,

    /// <summary>The tunnel has its maximum number of live instances.</summary>
    InstanceLimit,

    /// <summary>The enrolment was revoked in the meantime.</summary>
    Revoked,

    /// <summary>The federation rule was disabled in the meantime, or no longer names the machine.</summary>
    Ended,
}

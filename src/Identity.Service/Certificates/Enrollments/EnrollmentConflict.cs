namespace Culvert.Identity.Service.Certificates.Enrollments;

internal enum EnrollmentConflict
{
    /// <summary>Another enrolment of the same instance was first.</summary>
    InstanceTaken,

    InstanceLimit,

    Revoked,

    /// <summary>The federation rule was disabled in the meantime, or no longer names the machine.</summary>
    Ended,
}

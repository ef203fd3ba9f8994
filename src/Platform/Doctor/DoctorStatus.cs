namespace Culvert.Platform.Doctor;

public enum DoctorStatus
{
    Pass,
    Fail,

    /// <summary>Does not apply, or what it rests on failed.</summary>
    Skip,
}

namespace Culvert.Platform.Doctor;

public enum DoctorStatus
{
    Pass,
    Fail,

    /// <summary>It works, in a way that an operator may regret.</summary>
    Warn,

    /// <summary>Does not apply, or what it rests on failed.</summary>
    Skip,
}

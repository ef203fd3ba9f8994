namespace Culvert.Platform.Identity;

/// <summary>The modes of a folder that its owner alone uses, and of the files in it.</summary>
internal static class PrivateFolder
{
    public const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public const UnixFileMode Mode = FileMode | UnixFileMode.UserExecute;
}

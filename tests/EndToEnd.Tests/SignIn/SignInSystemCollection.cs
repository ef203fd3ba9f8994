using Xunit;

namespace Culvert.EndToEnd.Tests.SignIn;

[CollectionDefinition(Name)]
public sealed class SignInSystemCollection : ICollectionFixture<SignInSystem>
{
    public const string Name = "sign-in system";
}

using Culvert.Deployment.Tests.Images;

[assembly: AssemblyFixture(typeof(BuiltImages))]
